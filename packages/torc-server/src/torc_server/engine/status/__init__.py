"""The state of a workflow: counts, progress, reports."""
