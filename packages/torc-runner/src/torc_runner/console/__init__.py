"""What a person sees: progress, results, and the summary at the end. The log is in log.py."""
