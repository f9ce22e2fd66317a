"""What tables say about compute nodes: when the server heard of them, their load, how long they last. Pure."""

from datetime import datetime

from torc_client.api.records import ComputeNodeModel, NodeLoadModel
from torc_client.text import duration, parse_timestamp, rounded

# A node that was silent for this part of its lease is marked.
SILENT_PART = 0.5


def heard_text(node: ComputeNodeModel, load: NodeLoadModel | None) -> str:
    """Return when the server last heard of a node, and after which silence it counts as lost."""
    if load is None or load.silent_seconds is None:
        return "not since the server started"
    words = f"{duration(load.silent_seconds)} ago"
    if is_silent(node, load):
        words += f", lost after {duration(node.lease_seconds or 0)}"
    return words


def is_silent(node: ComputeNodeModel, load: NodeLoadModel | None) -> bool:
    """Whether a node has been silent for a large part of its lease."""
    silent = load.silent_seconds if load is not None else None
    return bool(silent and node.lease_seconds and silent > SILENT_PART * node.lease_seconds)


def share_text(used: float | None, offered: float) -> str:
    """Return used and offered amounts: "12 of 36"."""
    shown = rounded(offered)
    return shown if used is None else f"{rounded(used)} of {shown}"


def left_text(end: str | None, now: datetime) -> str:
    """Return the time that is left until a time; empty without one."""
    moment = parse_timestamp(end) if end else None
    if moment is None:
        return ""
    seconds = (moment - now).total_seconds()
    return duration(seconds) if seconds > 0 else "over"


def since_text(start: str | None, now: datetime) -> str:
    """Return the time that has passed since a time; empty without one."""
    moment = parse_timestamp(start) if start else None
    return "" if moment is None else duration(max(0.0, (now - moment).total_seconds()))
