"""What the page keeps on disk between two requests."""
