"""The console output of a runner: progress, results, and the summary at the end."""
