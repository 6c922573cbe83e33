"""Files are verbs (Prefect tasks), folders are nouns (plain Python)."""
