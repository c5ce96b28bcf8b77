"""What a person gets back: results workbook, JSON, terminal summary, blank template."""
