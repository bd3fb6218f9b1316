"""Statements that turn what telemetry told into rows of the tables that logs are read into.

Each goes on from `told.sql` and ends with the relation `found`, in the columns of its table.
"""
