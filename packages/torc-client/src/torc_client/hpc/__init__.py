"""Clusters: which partitions they have, and which of them suits a job."""
