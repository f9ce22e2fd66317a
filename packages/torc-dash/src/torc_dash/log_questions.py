"""What the address of a page asks of a log."""

from collections.abc import Mapping

from torc_client.log_files.window_reading import LogQuestion
from torc_dash.tables import integer

_MOST_QUERY = 1000


def read_question(query: Mapping[str, str]) -> LogQuestion:
    """Read the question from the address of a page."""
    place, number = "", 0
    for name in ("line", "at", "before", "from"):
        try:
            number = max(0, integer(query.get(name, "")))
        except ValueError:
            continue
        place = name
        break
    if query.get("go") in {"start", "end", "error", "next", "previous"}:
        place = query["go"]
    text = query.get("q", "").replace("\n", " ")[:_MOST_QUERY]
    if place == "from" or (place in {"next", "previous"} and not text):
        place = "at"
    match_case = query.get("case") == "1" or (query.get("case") is None and text != text.lower())
    return LogQuestion(
        place,
        number,
        text,
        match_case=match_case,
        is_expression=query.get("regex") == "1",
        counts_matches=query.get("count") == "matches" and bool(text),
        counts_lines=query.get("count") == "lines",
    )
