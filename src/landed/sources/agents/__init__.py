"""What coding agents leave on a developer's machine: one small module an agent, one contract."""
