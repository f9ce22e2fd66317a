"""What became of jobs that did not succeed, and how they get another chance: decisions first, then the calls."""
