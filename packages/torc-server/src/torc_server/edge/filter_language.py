"""The language of filters: `name~sweep status=failed,terminated return_code!=0 exec_time_minutes>10 -archived`.

A filter is a text of words, which a record must all fulfil. `read_filter` checks the words against the fields of a
list, and converts their values to numbers and texts. Server and client both use it: the server to select records, the
client to show problems without a call.
"""

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LONGEST_FILTER = 8192
MAX_WORDS, MAX_VALUES, MAX_CONTAINED = 32, 1_000, 20
_LARGEST = 2**63 - 1
# Characters of a word in a message.
_MAX_SHOWN = 60

_WORD = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(!=|!~|>=|<=|=|~|>|<)")
_FLAG = re.compile(r"-?([A-Za-z_][A-Za-z0-9_]*)")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_SIZE = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,9})?)([kmgt]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_SIZE_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_DURATION = re.compile(
    r"(?:([0-9]{1,6})w)?(?:([0-9]{1,7})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)s)?",
    re.IGNORECASE | re.ASCII,
)
_DURATION_FACTORS = (604_800, 86_400, 3_600, 60, 1)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?)?(Z|[+-]..:..)?")
_FLAG_VALUES = {"true": True, "yes": True, "false": False, "no": False}


# Words that users try, and the fields that they may mean.
_OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "attempt": ("attempt_id",),
    "cmd": ("command",),
    "code": ("return_code",),
    "cpu": ("peak_cpu_percent", "num_cpus"),
    "cpus": ("num_cpus", "peak_cpu_percent"),
    "duration": ("exec_time_minutes", "elapsed", "duration_seconds", "runtime"),
    "end": ("completion_time", "end_time"),
    "ended": ("completion_time", "end_time"),
    "error": ("return_code", "severity"),
    "exit": ("return_code",),
    "exit_code": ("return_code",),
    "finished": ("completion_time", "end_time"),
    "host": ("hostname", "compute_node_name", "compute_node_id"),
    "job": ("job_name", "job_id", "name"),
    "label": ("labels",),
    "mem": ("peak_memory_bytes", "memory", "memory_gb"),
    "memory": ("peak_memory_bytes", "memory_gb"),
    "node": ("host", "hostname", "compute_node_name", "compute_node_id"),
    "owner": ("user",),
    "ram": ("peak_memory_bytes", "memory", "memory_gb"),
    "rc": ("return_code",),
    "result": ("return_code", "status"),
    "retries": ("attempt_id",),
    "run": ("run_id",),
    "runtime": ("exec_time_minutes", "elapsed", "duration_seconds"),
    "start": ("start_time",),
    "started": ("start_time",),
    "state": ("status",),
    "tag": ("labels",),
    "time": ("exec_time_minutes", "elapsed", "timestamp"),
    "title": ("name", "job_name"),
    "worker": ("host", "hostname"),
}


class FieldKind(StrEnum):
    """The values of a field, which decide its operators."""

    TEXT = "text"
    WORD = "word"
    LIST = "list"
    NUMBER = "number"
    SIZE = "size"
    SECONDS = "seconds"
    MINUTES = "minutes"
    TIME = "time"
    FLAG = "flag"


_ORDERED = ("=", "!=", ">", ">=", "<", "<=")
OPERATORS: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.TEXT: ("=", "!=", "~", "!~"),
    FieldKind.WORD: ("=", "!="),
    FieldKind.LIST: ("=", "!=", "~", "!~"),
    FieldKind.NUMBER: _ORDERED,
    FieldKind.SIZE: _ORDERED,
    FieldKind.SECONDS: _ORDERED,
    FieldKind.MINUTES: _ORDERED,
    FieldKind.TIME: _ORDERED,
    FieldKind.FLAG: ("=", "!="),
}
EXAMPLES: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "a number",
    FieldKind.SIZE: "a size such as 512m or 4g",
    FieldKind.SECONDS: "a duration such as 90s or 1h30m; without a unit, seconds",
    FieldKind.MINUTES: "a duration such as 90s or 1h30m; without a unit, minutes",
    FieldKind.TIME: "a time such as 2026-11-29, 2026-11-29T08:30, or -2h for two hours ago",
    FieldKind.FLAG: "yes or no",
}


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field by which a list can be filtered. `words` are the values of a field of words."""

    kind: FieldKind
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A time as the user wrote it, in seconds since the epoch: a date is the whole day. `end` is not in it."""

    start: float
    end: float


Value = str | int | float | bool | Period


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a filter: the field, the operator and the values, any of which may match.

    Sizes are in bytes and durations in seconds. Without values, the field must be empty (`=`) or not (`!=`).
    """

    word: str
    field: str
    operator: str
    values: tuple[Value, ...]


class FilterProblem(ValueError):  # noqa: N818 - it is shown to users
    """A word of a filter that is not valid. `word` is the word; the message says what is allowed."""

    def __init__(self, word: str, message: str) -> None:
        """Name the word, shortened."""
        self.word = word
        shown = word if len(word) <= _MAX_SHOWN else f"{word[:_MAX_SHOWN]}..."
        super().__init__(f"{shown!r}: {message}" if word else message)


def read_filter(text: str, fields: Mapping[str, FilterField], bare: str, now: datetime) -> tuple[Term, ...]:
    """Return the terms of a filter. A word without an operator is looked for in the field `bare`.

    Raises FilterProblem for the first invalid word.
    """
    if len(text) > LONGEST_FILTER:
        raise FilterProblem("", f"The filter has {len(text)} characters; use at most {LONGEST_FILTER}")
    reader = _Reader(fields, bare, now)
    terms = [reader.term(word) for word in _words(text)]
    if len(terms) > MAX_WORDS:
        raise FilterProblem("", f"The filter has {len(terms)} words; use at most {MAX_WORDS}")
    if sum(len(term.values) for term in terms) > MAX_VALUES:
        raise FilterProblem("", f"The filter has more than {MAX_VALUES} values")
    if sum(len(term.values) for term in terms if term.operator in ("~", "!~")) > MAX_CONTAINED:
        raise FilterProblem("", f"The filter looks for more than {MAX_CONTAINED} texts with ~")
    return tuple(terms)


def _near(name: str, fields: Mapping[str, FilterField]) -> str:
    """Return the field that a user may mean by another name; empty if there is none."""
    meant = [field for field in _OTHER_WORDS.get(name, ()) if field in fields]
    alike = difflib.get_close_matches(name, fields, n=1)
    parts = [field for field in fields if name in field.split("_") and name != "id"]
    return next(iter([*meant, *alike, *parts]), "")


def quoted(value: str) -> str:
    """Return a value for a filter, in quotes if it needs them."""
    plain = value and not re.search(r'[\s",]', value) and value[0] != "-"
    return value if plain else '"' + value.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class _Word:
    """A word: its characters without quotes, and for each whether it was quoted. `raw` is as the user wrote it."""

    raw: str
    text: str
    is_quoted: tuple[bool, ...]

    def values_after(self, start: int) -> list[str]:
        """Return the values after a position: the commas that are not quoted separate them."""
        values = [""]
        for character, is_quoted in zip(self.text[start:], self.is_quoted[start:], strict=True):
            if character == "," and not is_quoted:
                values.append("")
            else:
                values[-1] += character
        return values


def _words(text: str) -> Iterator[_Word]:
    """Split a filter at the blanks that are not quoted. Raises FilterProblem for a quote that does not end."""
    characters: list[tuple[str, bool]] = []
    begin, in_quotes, position = 0, False, 0
    has_word = False
    while position < len(text):
        character = text[position]
        if character == '"':
            if in_quotes and text[position + 1 : position + 2] == '"':
                characters.append((character, True))
                position += 1
            else:
                in_quotes = not in_quotes
            has_word = True
        elif character.isspace() and not in_quotes:
            if has_word:
                yield _word(text[begin:position], characters)
            characters, has_word, begin = [], False, position + 1
        else:
            characters.append((character, in_quotes))
            has_word = True
        position += 1
    if in_quotes:
        raise FilterProblem(text[begin:], 'the quote does not end; add a " or write "" for a quote')
    if has_word:
        yield _word(text[begin:], characters)


def _word(raw: str, characters: Sequence[tuple[str, bool]]) -> _Word:
    return _Word(raw, "".join(each for each, _ in characters), tuple(quoted for _, quoted in characters))


@dataclass(frozen=True, slots=True)
class _Reader:
    """The fields of a list, the field of words without an operator, and the time that relative times refer to."""

    fields: Mapping[str, FilterField]
    bare: str
    now: datetime

    def term(self, word: _Word) -> Term:
        """Return the term of a word. Raises FilterProblem."""
        found = _WORD.match(word.text)
        if found and not any(word.is_quoted[: found.end()]):
            return self._compared(word, found[1], found[2], word.values_after(found.end()))
        flags = [name for name, field in self.fields.items() if field.kind is FieldKind.FLAG]
        flag = _FLAG.fullmatch(word.text)
        is_plain = not any(word.is_quoted)
        if flag and is_plain and flag[1] in flags:
            return Term(word.raw, flag[1], "=", (not word.text.startswith("-"),))
        if word.text.startswith("-") and is_plain:
            known = f"flags are {', '.join(flags)}" if flags else "this list has no flags"
            without = f"; to leave out a text, use {self.bare}!~{word.text[1:] or 'TEXT'}" if self.bare else ""
            raise FilterProblem(word.raw, f"{known}{without}")
        if not self.bare:
            raise FilterProblem(word.raw, f"write FIELD=VALUE; fields are {', '.join(self.fields)}")
        return Term(word.raw, self.bare, "~", (word.text,))

    def _compared(self, word: _Word, name: str, operator: str, texts: Sequence[str]) -> Term:
        field = self.fields.get(name)
        if field is None:
            near = _near(name[:_MAX_SHOWN].lower(), self.fields)
            guess = f"did you mean {near}? " if near else ""
            known = f"{guess}Fields are {', '.join(self.fields)}"
            raise FilterProblem(word.raw, f"there is no field {name[:_MAX_SHOWN]!r}; {known}")
        operators = OPERATORS[field.kind]
        if operator not in operators:
            raise FilterProblem(word.raw, f"{name} has the operators {' '.join(operators)}")
        if texts == [""]:
            if operator in ("=", "!="):
                return Term(word.raw, name, operator, ())
            raise FilterProblem(word.raw, f"a value is missing after {operator}")
        if operator not in ("=", "!=", "~", "!~") and len(texts) > 1:
            raise FilterProblem(word.raw, f"{operator} takes one value, not {len(texts)}")
        return Term(word.raw, name, operator, tuple(self._value(word, name, field, text) for text in texts))

    def _value(self, word: _Word, name: str, field: FilterField, text: str) -> Value:
        if not text:
            raise FilterProblem(word.raw, "a value between the commas is missing")
        value: Value | None
        match field.kind:
            case FieldKind.TEXT | FieldKind.LIST:
                return text
            case FieldKind.WORD:
                if text not in field.words:
                    raise FilterProblem(word.raw, f"{name} is one of {', '.join(field.words)}")
                return text
            case FieldKind.FLAG:
                value = _FLAG_VALUES.get(text.lower())
            case FieldKind.NUMBER:
                value = _number(text)
            case FieldKind.SIZE:
                value = _size(text)
            case FieldKind.SECONDS:
                value = duration_seconds(text, unit_seconds=1)
            case FieldKind.MINUTES:
                value = duration_seconds(text, unit_seconds=60)
            case FieldKind.TIME:
                value = _period(text, self.now)
        if value is None:
            raise FilterProblem(word.raw, f"{name} takes {EXAMPLES[field.kind]}")
        return value


def _number(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        whole = int(text)
        return whole if -_LARGEST <= whole <= _LARGEST else None
    number = float(text) if _DECIMAL.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def _size(text: str) -> int | None:
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    size = int(found[1]) if found[1].isdigit() else float(found[1])
    num_bytes = int(size * _SIZE_FACTORS[found[2].lower()])
    return num_bytes if num_bytes <= _LARGEST else None


def duration_seconds(text: str, *, unit_seconds: int) -> float | None:
    """Return the seconds of `90s`, `1h30m` or `2d`, or of a number of the unit. None for any other text."""
    plain = _number(text)
    if plain is not None:
        return float(plain * unit_seconds) if plain >= 0 else None
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return None
    parts = zip(found.groups(), _DURATION_FACTORS, strict=True)
    return float(sum(float(part) * factor for part, factor in parts if part))


def _period(text: str, now: datetime) -> Period | None:
    lowered = text.lower()
    if lowered in ("today", "yesterday"):
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return _from(midnight - timedelta(days=lowered == "yesterday"), timedelta(days=1))
    if lowered == "now":
        return _from(now, timedelta(seconds=1))
    if text[0] in "+-":
        return _relative(text, now)
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        width = timedelta(days=1) if not found[1] else timedelta(hours=1) if not found[2] else _short_width(found[3])
        return _from(time if time.tzinfo else time.replace(tzinfo=UTC), width)
    except (ValueError, OverflowError):
        return None


def _relative(text: str, now: datetime) -> Period | None:
    """Return the second that is a duration with a unit before now (`-2h`) or after it."""
    seconds = None if text[-1].isdigit() else duration_seconds(text[1:], unit_seconds=1)
    if seconds is None:
        return None
    start = now.timestamp() + (seconds if text[0] == "+" else -seconds)
    return Period(start, start + 1)


def _from(start: datetime, width: timedelta) -> Period:
    return Period(start.timestamp(), start.timestamp() + width.total_seconds())


def _short_width(seconds: str | None) -> timedelta:
    return timedelta(seconds=1) if seconds else timedelta(minutes=1)
