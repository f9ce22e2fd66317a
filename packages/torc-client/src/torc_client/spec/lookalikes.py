"""Warnings about characters that are easily mistaken for others, or cannot be seen: most come with copied text."""

import re
from collections.abc import Iterator
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

COLLECTIONS = ("jobs", "files", "datasets", "user_data")
COMMANDS = ("command", "invocation_script")
NAMES = ("name", "path")
# Blanks other than that of the keyboard, and characters without a width.
HIDDEN = re.compile("[\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MARKS = re.compile("[\u2018\u2019\u201c\u201d\u201e\u2032\u2033]")
# A dash in place of the hyphens of an option.
DASH = re.compile("(?:^|\\s)([\u2010-\u2015\u2212])[A-Za-z\u2010-\u2015\u2212]")
WHAT = {
    "\u00a0": "a non-breaking blank", "\ufeff": "a byte-order mark", "\r": "a carriage return",
    **dict.fromkeys("\u200b\u2060", "a blank without width"), **dict.fromkeys("\u2028\u2029", "a line separator"),
}  # fmt: skip


def warn_of_lookalikes(workflow: Record, problems: Problems) -> None:
    """Warn of such characters in names, paths and commands. Specs are checked as written, before their expansion."""
    for collection in COLLECTIONS:
        for index, record in enumerate(workflow.get(collection, ())):
            place = f"{collection}[{index}]"
            for field in (*NAMES, *COMMANDS):
                text = record.get(field)
                if isinstance(text, str) and not (text.isascii() and text.isprintable() and text == text.strip()):
                    for reason, fix in _complaints(text, is_command=field in COMMANDS):
                        problems.warn(Code.LOOKALIKE, f"{place}.{field}", reason, fix)


def hidden_in(value: Any) -> str:
    """Return what makes a value differ from what it looks like; empty for others."""
    if not isinstance(value, str):
        return ""
    if value != value.strip():
        return "begins or ends with a blank"
    found = HIDDEN.search(value) or CONTROL.search(value)
    return f"has {_called(found[0])}" if found else ""


def _complaints(text: str, *, is_command: bool) -> Iterator[tuple[str, str]]:
    hidden = HIDDEN.search(text) or CONTROL.search(text)
    if hidden:
        yield f"has {_called(hidden[0])} after {text[: hidden.start()][-20:]!r}", "remove it, or write a blank"
    elif not is_command and text != text.strip():
        yield f"{text!r} begins or ends with a blank", "remove it"
    if is_command:
        mark, dash = MARKS.search(text), DASH.search(text)
        if mark:
            yield f"has the typographic quotation mark {mark[0]}, which the shell does not know", "write ' or \""
        if dash:
            yield f"has a dash {dash[1]} where an option begins", "write - or --"


def _called(character: str) -> str:
    return WHAT.get(character, f"the character U+{ord(character):04X}")
