"""The configuration: one frozen model, a section a verb."""
