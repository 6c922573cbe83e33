"""The story: each flow reads like a table of contents."""
