"""The extra `cluster`: files wait in the database for whichever computer takes them. The engine is Procrastinate."""
