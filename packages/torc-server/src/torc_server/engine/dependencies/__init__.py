"""What waits for what: dependency sets, the dependencies that files and user data imply, cycles, lineages."""
