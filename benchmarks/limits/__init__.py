"""Limits of the machine: programs with only the unavoidable work."""
