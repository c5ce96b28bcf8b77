"""Which rows are sent, against the limit on classes at once; and what a row that is held is told."""
