"""How a call is signed, what the answers of the service mean, and what may be done next."""
