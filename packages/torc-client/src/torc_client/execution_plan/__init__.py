"""The order of a workflow: the jobs that each event makes ready, and the nodes that it requests."""
