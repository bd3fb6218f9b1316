"""Who wrote what: the evidence that commits, notes and settings give, and what it decides."""
