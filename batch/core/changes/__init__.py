"""The file against the account: which lesson is which, what became of it, and in which order changes are sent."""
