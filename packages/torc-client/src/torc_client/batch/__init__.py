"""Allocations of a batch system: profiles of clusters, the choice of partitions, and the plan of allocations."""
