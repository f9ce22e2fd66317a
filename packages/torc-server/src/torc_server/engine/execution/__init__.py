"""From the start of a job to its end: starts, completions, releases of dependents, retries."""
