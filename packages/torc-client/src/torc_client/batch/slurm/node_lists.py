"""Texts in which Slurm describes several nodes at once: their names, and a number for each. Pure."""

import re

MAX_NODES = 100_000
"""The most nodes of an allocation. A text that describes more is not one of Slurm's."""

_ITEM = re.compile(r"(?:[^,\[\]]|\[[^\[\]]*\])+")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_RANGE = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_COUNT = re.compile(r"([0-9]+)(?:\(x([0-9]+)\))?")


def node_names(text: str) -> list[str]:
    """Return the names in a text such as `n[1-3,07],gpu1`. Raises ValueError."""
    if set(_BRACKETS.sub("", text)) & {"[", "]"}:
        raise ValueError(f"not a list of nodes: {text[:80]!r}")
    return [name for item in _ITEM.findall(text) for name in _expanded(item)]


def counts_of_nodes(text: str) -> list[int]:
    """Return the number of each node in a text such as `4(x2),2`. Raises ValueError."""
    counts: list[int] = []
    for item in text.split(","):
        found = _COUNT.fullmatch(item)
        times = 1 if found is None or found[2] is None else int(found[2])
        if found is None or len(counts) + times > MAX_NODES:
            raise ValueError(f"not a number for each node: {text[:80]!r}")
        counts += [int(found[1])] * times
    return counts


def _expanded(item: str) -> list[str]:
    found = _BRACKETS.search(item)
    if found is None:
        return [item]
    before, rest = item[: found.start()], _expanded(item[found.end() :])
    numbers = [number for part in found[1].split(",") for number in _numbers(part)]
    if len(numbers) * len(rest) > MAX_NODES:
        raise ValueError(f"too many nodes: {item[:80]!r}")
    return [before + number + after for number in numbers for after in rest]


def _numbers(part: str) -> list[str]:
    """Return the numbers of a range. The first one has the number of digits of all: `08-10`."""
    found = _RANGE.fullmatch(part)
    if found is None:
        raise ValueError(f"not a range of nodes: {part[:80]!r}")
    first, last = int(found[1]), int(found[2] or found[1])
    if last - first >= MAX_NODES:
        raise ValueError(f"too many nodes: {part[:80]!r}")
    return [f"{number:0{len(found[1])}d}" for number in range(first, last + 1)]
