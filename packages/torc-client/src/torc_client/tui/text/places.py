"""Where in a text the screen is, in words. Pure."""

from collections.abc import Sequence

from rich.cells import cell_len

from torc_client.text import size
from torc_client.tui.text.rows import ShownLine


def position_text(shown: Sequence[ShownLine], size_bytes: int, total_lines: int | None) -> str:
    """Return which lines are visible: "lines 1-20 of 300, 3 KiB"; a percentage while lines are not counted."""
    whole = size(size_bytes)
    if not shown:
        return "empty" if size_bytes == 0 else whole
    first, last = shown[0].number, shown[-1].number
    percent = 100 * min(shown[-1].line.end, size_bytes) // max(1, size_bytes)
    if first is None or last is None:
        return f"{percent} % of {whole}"
    of = f" of {total_lines:,}" if total_lines is not None else ""
    return f"lines {first:,}-{last:,}{of}, {percent} % of {whole}"


def shortened(path: str, width: int) -> str:
    """Return a path that fits into a width: the beginning is left out, because the name of the file is at the end."""
    if cell_len(path) <= width:
        return path
    left_out = len(path) - max(0, width - 1)
    while cell_len(path[left_out:]) > width - 1 and left_out < len(path):
        left_out += 1
    return f"…{path[left_out:]}" if width > 0 else ""
