"""Paths of files: which records mean one file, which jobs write it, and what the shell would do with a path."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from os.path import lexists, normpath

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

EXPANDED = re.compile(r"~[A-Za-z0-9_.-]*(/|$)|.*?(\$\{?[A-Za-z_]\w*\}?)", re.DOTALL)
"""What a shell expands in a path and Torc does not."""
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
PATTERN = re.compile(r"[*?]|\[[^\]]+\]")
MAX_COMPARED = 1000
"""Pairs of writers whose order is looked up. Each costs a walk through the graph."""


def check_paths(files: Sequence[Record], written: Iterable[int], problems: Problems) -> None:
    """Refuse what only a shell expands in a path, and warn of patterns in paths that no job writes.

    A file that exists has its name as written, such as one with a `$` that a pattern of a parameter found.
    """
    outputs = frozenset(written)
    for number, record in enumerate(files):
        path, place = record["path"], f"{record[PLACE]}.path"
        expanded = EXPANDED.match(path)
        if expanded is not None and not lexists(path):
            what = expanded[2] or path.partition("/")[0]
            fix = "write the path itself, or a relative path, or {name} with a variable of the spec"
            problems.add(Code.UNEXPANDED_PATH, place, f"{what!r} is not expanded in a path", fix)
        elif URL.match(path):
            fix = "write the path of a local file, and transfer it in the commands of jobs"
            problems.warn_once(Code.PATTERN_IN_PATH, place, f"{path!r} is a path, not a URL, for Torc", fix)
        elif number not in outputs and PATTERN.search(path):
            fix = "name each file, or use a dataset for the folder"
            problems.warn_once(Code.PATTERN_IN_PATH, place, f"patterns are not expanded in a path: {path!r}", fix)


def same_files(files: Sequence[Record], problems: Problems) -> Mapping[int, int]:
    """Return for each file whose path is that of an earlier record the number of that record, with a warning."""
    first: dict[str, int] = {}
    same: dict[int, int] = {}
    for number, record in enumerate(files):
        original = first.setdefault(normpath(record["path"]), number)
        if original != number:
            same[number] = original
            other = files[original]
            reason = f"{record['name']!r} has the path of {other['name']!r}, so both are one file"
            fix = _instance_fix(record, other, "path") or f"use {other['name']!r} in its place"
            problems.warn_once(Code.REPEATED_PATH, record[PLACE], reason, fix)
    _warn_of_two_forms(files, first, problems)
    return same


def _warn_of_two_forms(files: Sequence[Record], first: Mapping[str, int], problems: Problems) -> None:
    """Warn of relative and absolute paths of one file, if runners work in this folder. Where they work is not known."""
    absolute = [path for path in first if path.startswith("/")]
    if not absolute or len(absolute) == len(first):
        return
    try:
        here = os.getcwd()  # noqa: PTH109  it is joined with many texts
    except OSError:
        return  # it was deleted
    start = here.rstrip("/") + "/"
    for path in absolute:
        other = first.get(path.removeprefix(start)) if path.startswith(start) else None
        if other is not None:
            record = files[max(first[path], other)]
            names = f"{files[other]['name']!r} and {files[first[path]]['name']!r}"
            reason = f"{names} are one file if the runner works in {here}, but count as two"
            problems.warn_once(Code.REPEATED_PATH, record[PLACE], reason, "write both paths in the same form")


def _instance_fix(one: Record, other: Record, field: str) -> str:
    if one[PLACE] != other[PLACE]:
        return ""
    return f"put the parameters of the name into the {field}, in braces"


class Writers:
    """The jobs that write each file. `parents` are the jobs and other nodes that each job waits for."""

    def __init__(self, parents: Sequence[Sequence[int]]) -> None:
        self._parents = parents
        self._num_compared = 0

    def check(
        self, jobs: Sequence[Record], files: Sequence[Record], writers: Mapping[int, Sequence[int]], problems: Problems
    ) -> None:
        """Refuse files that several jobs write, unless each of them waits for the one before it."""
        for file, of_file in writers.items():
            pair = self._unordered(of_file)
            if pair is not None:
                one, other = jobs[pair[0]], jobs[pair[1]]
                reason = f"{files[file]['path']!r} is written by {one['name']!r} and {other['name']!r}"
                fix = "give each job a path of its own, or let one of them wait for the other with depends_on"
                if one[PLACE] == other[PLACE]:
                    fix = "put the parameters into the path, in braces"
                problems.add(Code.SHARED_OUTPUT, other[PLACE], reason, fix)

    def _unordered(self, jobs: Sequence[int]) -> tuple[int, int] | None:
        """Return two of the jobs that do not wait for each other; None if there are none, or too many to compare."""
        ordered: list[int] = []
        for job in jobs:
            place = len(ordered)
            # A job belongs after all that it waits for; the order of a spec is mostly this one.
            while place and not self._waits(job, ordered[place - 1]):
                if self._num_compared > MAX_COMPARED:
                    return None
                if not self._waits(ordered[place - 1], job):
                    return ordered[place - 1], job
                place -= 1
            ordered.insert(place, job)
        return None

    def _waits(self, job: int, awaited: int) -> bool:
        """Whether a job waits for another one, directly or not."""
        self._num_compared += 1
        seen, pending = {job}, [job]
        while pending:
            for parent in self._parents[pending.pop()]:
                if parent == awaited:
                    return True
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return False
