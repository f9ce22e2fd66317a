"""`torc slurm ...`: commands for allocations of Slurm beside those for the records of schedulers."""
