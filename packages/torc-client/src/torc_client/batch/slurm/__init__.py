"""Slurm as a batch system. Only these modules know its commands and the form of their output."""
