"""A Python function called for many items, each call a job: which function, what the job does, what came of it."""
