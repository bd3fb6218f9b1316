"""A laptop sends its sessions to the company's server: counts, keyed hashes, identifiers."""
