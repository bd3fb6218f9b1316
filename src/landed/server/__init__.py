"""`landed serve`: the process that owns the workspace, takes what is sent, and shows it to people.

Needs the extra `server`; nothing outside of this package and its command imports what it brings.
"""
