"""How far a workflow is: counts, progress, reports."""
