"""Bytes to arrays and back: images, sound."""
