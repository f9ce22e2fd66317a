"""Which kinds of data an event changes, for front ends that read again what has changed. Pure."""

_ENDS = ("job_completed", "job_failed", "job_canceled", "job_terminated", "job_pending_failed")


def kinds_of(event_type: str) -> frozenset[str]:
    """Return the kinds of data that an event changes: events, status, jobs, results, nodes, workflow."""
    if event_type in _ENDS:
        return frozenset({"events", "status", "jobs", "results"})
    if event_type.startswith("job_"):
        return frozenset({"events", "status", "jobs"})
    if event_type.startswith(("compute_node_", "scheduler_node_")):
        return frozenset({"events", "status", "nodes"})
    if event_type.startswith("workflow_"):
        return frozenset({"events", "status", "jobs", "workflow"})
    return frozenset({"events"})
