"""Bringing what agents' logs tell into the store, and finding where and to whom it belongs."""
