"""Declared output files, failure handlers, workflow actions, and runners that this runner starts."""
