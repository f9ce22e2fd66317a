"""Mapped functions, where jobs call a function for many items: the reference to it, the job, and the results."""
