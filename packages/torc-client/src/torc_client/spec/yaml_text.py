"""Read YAML text into plain values.

Unquoted words have the meaning of YAML 1.2: `1:30` and `on` are texts, `010` is ten, and `2020-01-01` is not a date.
Values are built from the events of the parser, without recursion: some texts overflow the stack of libyaml's composer.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml

from torc_client.spec.codes import Code
from torc_client.spec.json_text import MAX_DEPTH, TOO_DEEP
from torc_client.spec.parameters import is_written_so
from torc_client.spec.problems import Complaint
from torc_client.spec.written_numbers import EXPANDED

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_REPEATED_VALUES = 1_000_000

CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]{1,400}"), int),
    (re.compile(r"0(o[0-7]{1,400}|x[0-9a-fA-F]{1,400})"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: float(text.replace(".", "", 1))),
)
NO_KEY = object()
MERGE = object()


def read_yaml(text: str) -> Any:
    """Return the value of the one document in `text`. Raises yaml.YAMLError with a mark at the place of the error."""
    try:
        return _built(text)
    except RefusedError:
        raise
    except yaml.MarkedYAMLError as error:
        # The parser reads ahead of the events, and libyaml has a nesting limit of its own in some versions. The text
        # before the place of its error may exceed MAX_DEPTH, and then that is what to report, on any version.
        mark = error.problem_mark
        raise (_depth_error(text[: mark.index]) if mark else None) or error from None


class RefusedError(yaml.MarkedYAMLError):
    """YAML that the parser accepts and a spec may not contain. `complaint` describes it."""

    def __init__(self, complaint: Complaint, event: Any) -> None:
        super().__init__(problem=complaint.reason, problem_mark=event.start_mark)
        self.complaint = complaint


class DepthError(RefusedError):
    """More than MAX_DEPTH lists and maps inside each other."""


def _built(text: str) -> Any:
    builder = _Builder()
    for event in yaml.parse(text, Loader=LOADER):
        builder.add(event)
    return builder.document


def _depth_error(text: str) -> DepthError | None:
    try:
        _built(text)
    except DepthError as error:
        return error
    except yaml.YAMLError:
        pass
    return None


class _Open:
    """An open list or map. `size` counts the values in it, with those of aliases."""

    __slots__ = ("anchor", "key", "merged", "size", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.size = 1
        self.key: Any = NO_KEY
        self.merged: list[dict[Any, Any]] = []


class _Builder:
    def __init__(self) -> None:
        self.document: Any = None
        self._has_document = False
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._repeated = 0

    def add(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
            if event.anchor:
                self._anchored[event.anchor] = (value, 1)
            self._put(value, 1, event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            if self._has_document:
                raise _error("a second document begins here", event, "write a spec as one document")
            self._has_document = True

    def _scalar(self, event: Any) -> Any:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise _error(f"the tag {event.tag!r} is not supported", event, "remove it")
        if event.tag is not None or not event.implicit[0]:
            return event.value
        waits_for_key = self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is NO_KEY
        if event.value == "<<" and waits_for_key:
            return MERGE
        value = plain(event.value)
        return event.value if self._is_of_parameter(value) and not is_written_so(value, event.value) else value

    def _is_of_parameter(self, value: Any) -> bool:
        """Whether the value is a number for a parameter of the spec, alone or in a list, or for a variable."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        outer = self._open[:-1] if self._open and isinstance(self._open[-1].value, list) else self._open
        # The map of parameters is in the spec itself, or in a record of one of its lists.
        is_in_record = len(outer) == 4 and outer[0].key in EXPANDED and isinstance(outer[1].value, list)
        is_in_map = len(outer) >= 2 and outer[-1].key is not NO_KEY
        if len(outer) == 2 and is_in_map and outer[0].key == "variables":
            return True
        return (len(outer) == 2 or is_in_record) and is_in_map and outer[-2].key == "parameters"

    def _begin(self, value: Any, event: Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _error(f"the tag {event.tag!r} is not supported", event, "remove it")
        if len(self._open) == MAX_DEPTH:
            raise DepthError(TOO_DEEP, event)
        if event.anchor:
            self._anchored.pop(event.anchor, None)
        self._open.append(_Open(value, event.anchor))

    def _end(self, event: Any) -> None:
        closed = self._open.pop()
        for merged in closed.merged:
            for key, value in merged.items():
                closed.value.setdefault(key, value)
        if closed.anchor:
            self._anchored[closed.anchor] = (closed.value, closed.size)
        self._put(closed.value, closed.size, event)

    def _repeat(self, event: Any) -> None:
        if event.anchor not in self._anchored:
            raise _error(f"the alias *{event.anchor} has no complete anchor before it", event, "define it first")
        value, size = self._anchored[event.anchor]
        self._repeated += size
        if self._repeated > MAX_REPEATED_VALUES:
            reason = f"aliases repeat more than {MAX_REPEATED_VALUES} values"
            raise _error(reason, event, "use parameters instead")
        self._put(value, size, event)

    def _put(self, value: Any, size: int, event: Any) -> None:
        """Add a complete value to the innermost open list or map."""
        if not self._open:
            self.document = value
            return
        top = self._open[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is NO_KEY:
            top.key = self._checked_key(value, top, event)
        elif top.key is MERGE:
            top.merged += self._maps(value, event)
            top.key = NO_KEY
        else:
            top.value[top.key] = value
            top.key = NO_KEY

    def _checked_key(self, key: Any, into: _Open, event: Any) -> Any:
        if isinstance(key, dict | list):
            raise _error("a list or map cannot be a key", event, "write a text")
        if key in into.value:
            raise RefusedError(Complaint(Code.REPEATED_KEY, f"a map has the key {key!r} twice", "keep one"), event)
        return key

    def _maps(self, value: Any, event: Any) -> list[dict[Any, Any]]:
        maps = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in maps):
            raise _error("only maps can be merged with <<", event, "write an alias of a map")
        return maps


def plain(text: str) -> Any:
    """Return the value of a word without quotes."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] in "0123456789+-.":
        for pattern, number in NUMBERS:
            if pattern.fullmatch(text):
                return number(text)
    return text


def _error(reason: str, event: Any, fix: str) -> RefusedError:
    return RefusedError(Complaint(Code.SYNTAX, reason, fix), event)
