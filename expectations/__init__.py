"""The judge: bounds over measurements, no statistics."""
