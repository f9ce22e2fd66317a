"""Enforces the memory limits of jobs, and detects jobs that the kernel killed because memory ran out."""
