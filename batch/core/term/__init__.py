"""Lessons that repeat: which days a row stands for, and one class for each of them."""
