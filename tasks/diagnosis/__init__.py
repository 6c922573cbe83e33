"""What a model makes of the data: a small one that is trained on it, and what its errors say."""
