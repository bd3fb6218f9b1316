"""Reading git: a scratch repository of ours borrows the user's objects; git does the work."""
