"""The task space: what a small model of the task, learned on the source, makes of a record."""
