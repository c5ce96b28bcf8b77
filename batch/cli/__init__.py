"""The terminal: the commands, each imported by `main.py` when it is asked for."""
