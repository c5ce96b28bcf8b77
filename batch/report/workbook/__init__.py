"""The workbooks that people get: results, marked copy, blank template."""
