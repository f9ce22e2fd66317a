"""One sentence for the jobs that failed alike, such as the members of a sweep. Pure."""

import re
from collections.abc import Hashable, Sequence
from typing import Protocol

from torc_client.edge.terminal_text import inert_line
from torc_client.text import with_ids

_FEWEST = 3
"""Fewer jobs have a sentence each, with their names."""
_DIGITS = re.compile("[0-9]+")


class _Failed(Protocol):
    @property
    def job_id(self) -> int: ...
    @property
    def status(self) -> Hashable: ...
    @property
    def reason(self) -> str: ...
    @property
    def sentence(self) -> str: ...


def sentences_of(jobs: Sequence[_Failed]) -> list[str]:
    """Return a sentence for each job; one for at least three whose reasons differ in numbers only.

    It has the name and the reason of the first of them, and the ids of the others.
    """
    groups: dict[Hashable, list[_Failed]] = {}
    for each in jobs:
        alike = (each.status, _DIGITS.sub("#", each.reason)) if each.reason else each.job_id
        groups.setdefault(alike, []).append(each)
    found = []
    for group in groups.values():
        found += [_of_group(group)] if len(group) >= _FEWEST else [each.sentence for each in group]
    return found


def _of_group(group: Sequence[_Failed]) -> str:
    first, *others = group
    reason = f": {inert_line(first.reason)}"
    likewise = with_ids("job", sorted(each.job_id for each in others))
    return f"{first.sentence.removesuffix(reason)}, and likewise {likewise}{reason}"
