"""Samples of the CPU time and memory that jobs use, from the process table."""
