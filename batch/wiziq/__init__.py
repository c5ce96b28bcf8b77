"""The WizIQ service as a client sees it; only here: its paths, form fields and XML."""
