"""What git runs at a commit: it writes who wrote which line, as a note, from local sessions.

Everything here is imported while a commit waits, so it imports the standard library, orjson and
the agents' readers, nothing heavier; and it never fails a commit.
"""
