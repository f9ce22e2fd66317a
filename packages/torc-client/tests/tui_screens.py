"""The terminal interface in tests: its screen as lines, compared with a golden file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from support import golden
from torc_client.tui.app import TorcApp

GOLDEN = Path(__file__).parent / "tui" / "golden"
SIZES = ((80, 24), (200, 50))


def page_of(items: Sequence[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    """Return a list as the page of a list operation."""
    count = len(items)
    total = count if total is None else total
    return {
        "items": items, "offset": 0, "max_limit": 1000, "count": count, "total_count": total, "has_more": total > count,
    }  # fmt: skip


def lines_of(app: TorcApp) -> list[str]:
    """Return the screen as lines of text."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def text_of(app: TorcApp) -> str:
    """Return the screen as text."""
    return "\n".join(lines_of(app)) + "\n"


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the workers of the app have ended and the screen is painted."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Let the app run until a condition holds. A test that waits in vain is ended by its time limit."""
    while not condition():
        await pilot.pause()


def assert_golden(app: TorcApp, name: str) -> None:
    """Compare the screen with `golden/NAME.txt`. TORC_WRITE_GOLDEN=1 writes it."""
    golden.assert_golden(GOLDEN / f"{name}.txt", text_of(app).replace(app.session.url, "http://server"))
