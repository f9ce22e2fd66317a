"""Commands of `torc` that the dashboard runs as processes, with their output."""
