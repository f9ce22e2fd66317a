"""The views of a workflow, one a module."""
