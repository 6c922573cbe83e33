"""What is assumed of a build, as checks: one file a kind of assumption."""
