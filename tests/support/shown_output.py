"""Compare the output that a page shows with the output of the command.

The shown lines must be the whole output. `...` matches any text within a line, and any number of lines where it is a
line of its own. Blank lines are ignored, and so are the width of columns and of rules, because both depend on values.
"""

import re
from collections.abc import Iterable

ANY = "..."
RULE = re.compile(r"([─━═=_-])\1{2,}")


def difference(shown: Iterable[str], output: str) -> str | None:
    """Return the first shown line that the output does not have, with a reason; None when all lines match."""
    real = _lines(output.splitlines())
    # All lengths of the output's beginning that the shown lines so far can stand for.
    matched = {0}
    for line in _lines(shown):
        if line == ANY:
            following = set(range(min(matched), len(real) + 1))
        else:
            following = {at + 1 for at in matched if at < len(real) and _matches(line, real[at])}
        if not following:
            at = max(matched)
            instead = repr(real[at]) if at < len(real) else "the end of the output"
            return f"the page shows {line!r}, the command printed {instead}"
        matched = following
    if len(real) not in matched:
        return f"the page does not show {real[max(matched)]!r}"
    return None


def _lines(lines: Iterable[str]) -> list[str]:
    plain = (RULE.sub(r"\1\1\1", " ".join(line.split())) for line in lines)
    return [line for line in plain if line]


def _matches(shown: str, real: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), real) is not None
