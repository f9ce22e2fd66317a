"""Which ready jobs a compute node gets, how it gives them back, and the lease that it holds meanwhile."""
