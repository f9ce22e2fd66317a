"""What scripts and notebooks work with: a server, its workflows, calls of functions; and plain faces of these."""
