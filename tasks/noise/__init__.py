"""Policies of noise: draw, record, apply."""
