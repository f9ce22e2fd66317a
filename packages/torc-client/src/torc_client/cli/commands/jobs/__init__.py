"""Commands of jobs in which there is something to decide."""
