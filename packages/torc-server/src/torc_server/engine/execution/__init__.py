"""Execution of jobs: starts, completions, releases of dependents, retries."""
