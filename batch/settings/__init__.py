"""Every setting: declared once in a table, found in flags, variables and files."""
