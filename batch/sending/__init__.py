"""Plan, send, look up, as often as it takes: the rows of a batch on their way to the service."""
