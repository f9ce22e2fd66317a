"""The page about outages lists every time limit with its value."""

import re
from pathlib import Path

import msgspec

from torc_client.time_limits import LIMITS

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "survive-outages.md"


def test_the_page_lists_every_limit() -> None:
    rows = re.findall(r"^\|.*\| ([\d.]+) \| `(\w+)` \|$", PAGE.read_text(), flags=re.MULTILINE)
    assert {field: float(seconds) for seconds, field in rows} == msgspec.structs.asdict(LIMITS)
