"""Explain why jobs do not run: obstacles, shortfalls of nodes, and reasons as data."""
