"""What was sent and what came of it: the only place with SQL."""
