"""The page that a person reads before anybody trains."""
