"""The classes of scripts and notebooks: a server, its workflows, mapped functions, and their synchronous wrappers."""
