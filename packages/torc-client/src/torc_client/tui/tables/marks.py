"""The mark and the style of each status. The marks distinguish statuses without colors."""

from collections.abc import Mapping

MARKS: Mapping[str, str] = {
    "completed": "✓",
    "failed": "✗",
    "terminated": "✗",
    "pending_failed": "?",
    "canceled": "⊘",
    "disabled": "-",
    "running": "▶",
    "pending": "▷",
    "ready": "◌",
    "blocked": "‖",
    "uninitialized": "·",
    "active": "▶",
    "complete": "✓",
}
STYLES: Mapping[str, str] = {
    "completed": "green",
    "complete": "green",
    "failed": "red",
    "terminated": "red",
    "pending_failed": "bold red",
    "canceled": "magenta",
    "running": "yellow",
    "active": "yellow",
    "pending": "blue",
    "ready": "cyan",
    "blocked": "bright_black",
    "uninitialized": "bright_black",
    "disabled": "bright_black",
}
