"""What happens around a job: its declared output files, failure handlers, workflow actions, local allocations."""
