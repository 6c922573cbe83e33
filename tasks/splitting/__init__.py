"""Atoms, sizes, and the drawing of splits."""
