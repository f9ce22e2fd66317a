"""Profiles of clusters, and the choice of a partition for a job."""
