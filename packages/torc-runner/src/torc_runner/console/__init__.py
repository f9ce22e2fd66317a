"""What a person sees: progress, results, the summary at the end, and the log."""
