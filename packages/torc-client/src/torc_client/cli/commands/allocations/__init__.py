"""Commands that request allocations from a batch system."""
