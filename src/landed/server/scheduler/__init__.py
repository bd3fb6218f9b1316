"""What the server does by itself: reading sources, adding up, forgetting, sending reports.

A job runs in a thread; what takes long runs in a process of its own, which asks the store over the
socket of the workspace as any command does, and ends with the server. Those processes import this
package: it brings nothing along.
"""
