"""The WizIQ service as a client sees it; only here: signatures, form fields and XML."""
