"""What the page answers over HTTP, and who is let in."""
