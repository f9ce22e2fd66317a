"""Tests on a real Slurm cluster of this machine. `make test-slurm` runs them; `make test` leaves them out."""
