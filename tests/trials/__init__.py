"""Trials: the real flow over real sockets, one fault at a time, checked against the sandbox's ledger.

Run by pytest in small numbers, and by `python -m tests.trials` in large ones.
"""
