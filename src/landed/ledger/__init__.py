"""The line ledger: every line's birth, path and death, equal to git blame, exact and incremental."""
