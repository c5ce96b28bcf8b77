"""What the answers of the service mean, and what may be done next."""
