"""The line ledger: every line's birth, path and death, equal to git blame, and incremental."""
