"""The catalogue: what every code means in words, for each kind of reader. Only entry points and reports use it."""
