"""The commands besides the flow's own, each added to `classbatch` by `cli.py`."""
