"""Declared output files, recovery scripts, workflow actions, and runners that this runner starts."""
