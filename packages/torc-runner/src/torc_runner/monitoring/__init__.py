"""Measures the resource use of jobs and of the node, if the workflow asks for it."""
