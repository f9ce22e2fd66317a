"""Sentences about jobs."""


def jobs(count: int, singular: str, plural: str) -> str:
    """Write how many jobs, and what they do: `jobs(1, "runs", "run")` is "1 job runs"."""
    return f"{count} job {singular}" if count == 1 else f"{count} jobs {plural}"
