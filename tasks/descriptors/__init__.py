"""Cheap, documented numbers that describe a record."""
