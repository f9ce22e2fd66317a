"""Options of sbatch that users cannot set: a submission sets them itself, or would not find its allocations. Pure."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

COMMENT = "comment"
_FOR_OUTPUT = "Torc uses it to name the files of the output"
_RESERVED = {
    "array": "Torc uses it to request several allocations at once",
    "chdir": "Torc uses it to find the folder of the output",
    "error": _FOR_OUTPUT,
    "clusters": "Torc requests allocations only from the cluster of this machine",
    "export": "Torc uses it to give the environment of the submission to the runner",
    "open-mode": _FOR_OUTPUT,
    "output": _FOR_OUTPUT,
    "parsable": "Torc uses it to read the id of an allocation",
    "signal": "Torc uses it to warn the runner before the time ends",
    "test-only": "Torc uses it to submit",
    "wait": "Torc uses it to return as soon as the request is accepted",
    "wrap": "Torc uses it to run its own script",
}
_RESERVED_IF_CHAINED = {
    "dependency": "Torc uses it to run the allocations one at a time",
    "job-name": "Torc uses it to run the allocations one at a time",
}
_SHORT = {
    "a": "array", "D": "chdir", "d": "dependency", "e": "error", "J": "job-name", "M": "clusters", "o": "output",
    "W": "wait",
}  # fmt: skip
_SHORT_SWITCHES = frozenset("HhIkOQsuVvWX")
_SHORTEST_PREFIX = 2


def conflicts(defaults: Mapping[str, Any], extra: str, *, one_at_a_time: bool) -> list[str]:
    """Return a sentence without a full stop for each option that a submission cannot have.

    `defaults` are the `slurm_defaults` of the workflow. The comment is not among them: it follows that of Torc.
    """
    reserved = _RESERVED | (_RESERVED_IF_CHAINED if one_at_a_time else {})
    found = []
    for place, names in (("slurm_defaults", _names_of(defaults)), ("extra", _names_in(extra))):
        for shown, name in names:
            reason = reserved.get(name)
            if reason is not None:
                found.append(f"{place} has {shown}, but {reason}")
    return found


def reason_against(option: str) -> str | None:
    """Return why allocations cannot have an option of `slurm_defaults`, or None if they can."""
    return _RESERVED.get(_default(option))


def without_comment(extra: str) -> tuple[str, str]:
    """Return options without --comment, and the comment. Options without one are returned unchanged."""
    words = _words(extra)
    kept, comment, skips = [], "", False
    for word, after in pairwise([*words, ""]):
        if skips:
            skips = False
        elif word.startswith("--") and _full(word[2:].partition("=")[0]) == COMMENT:
            _, equals, value = word.partition("=")
            comment, skips = (value, False) if equals else (after, True)
        else:
            kept.append(word)
    return (extra, "") if kept == words else (shlex.join(kept), comment)


def _names_of(defaults: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in defaults.items():
        if value is not None and value is not False:
            yield key, _default(key)


def _default(key: str) -> str:
    return _full(key.replace("_", "-").lower() if len(key) > 1 else key)


def _names_in(extra: str) -> Iterable[tuple[str, str]]:
    """Yield the options of a text: as they are shown, and their long names."""
    for word in _words(extra):
        if word.startswith("--"):
            name = word[2:].partition("=")[0]
            yield f"--{name}", _full(name)
        elif word.startswith("-"):
            # Short switches can be combined, as in -Ha1-3.
            for letter in word[1:]:
                if letter in _SHORT:
                    yield f"-{letter}", _SHORT[letter]
                if letter not in _SHORT_SWITCHES:
                    break


def _full(name: str) -> str:
    """Return the long name of an option, which sbatch also finds by its beginning."""
    if len(name) < _SHORTEST_PREFIX:
        return _SHORT.get(name, name)
    names = (*_RESERVED, *_RESERVED_IF_CHAINED, COMMENT)
    return name if name in names else next((each for each in names if each.startswith(name)), name)


def _words(extra: str) -> Sequence[str]:
    try:
        return shlex.split(extra)
    except ValueError:
        return extra.split()
