"""The words of a filter that a user is about to write: which there are, and how they are put into the text. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torc_client.edge.filter_language import EXAMPLES, OPERATORS, FieldKind, FilterField, quoted
from torc_client.vocabulary.words import RecordWords

_BEGUN = re.compile(r"(-?)([A-Za-z_][A-Za-z0-9_]*)(!=|!~|>=|<=|=|~|>|<)?(.*)", re.DOTALL)
_MOST = 200
# Fields without a column that are offered before others.
_OFTEN = ("group", "host", "type", "severity", "message")


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A word, or the begin of one. `is_whole`: nothing has to follow."""

    word: str
    meaning: str
    is_whole: bool


def choices(words: RecordWords, text: str, values: Mapping[str, Sequence[str]]) -> list[FilterChoice]:
    """Return what the last word of a filter can become. `values` are known values of fields of text, by field."""
    last = last_word(text)
    fields = words.filter_fields
    found = _BEGUN.fullmatch(last)
    if found and found[3] and found[2] in fields:
        return _values(found[2], found[3], found[4], fields[found[2]], values.get(found[2], ()))[:_MOST]
    begun = found[2].lower() if found else ""
    quick = [FilterChoice(each.text, each.label, is_whole=True) for each in words.quick] if not last else []
    shown = [column.member for column in words.usual_columns if column.member in fields]
    ordered = list(dict.fromkeys([*shown, *(name for name in _OFTEN if name in fields), *fields]))
    names = [name for name in ordered if name.startswith(begun)]
    names += [name for name in ordered if begun in name and name not in names]
    return [*quick, *(choice for name in names for choice in _begins(name, fields[name]))][:_MOST]


def _begins(name: str, field: FilterField) -> list[FilterChoice]:
    if field.kind is FieldKind.FLAG:
        return [FilterChoice(name, "is set", is_whole=True), FilterChoice(f"-{name}", "is not set", is_whole=True)]
    operator = "~" if field.kind is FieldKind.TEXT else "="
    return [FilterChoice(f"{name}{operator}", _meaning(field), is_whole=False)]


def _meaning(field: FilterField) -> str:
    operators = " ".join(OPERATORS[field.kind])
    match field.kind:
        case FieldKind.WORD:
            return f"{', '.join(field.words[:3])}, ...   {operators}"
        case FieldKind.TEXT | FieldKind.LIST:
            return f"a text   {operators}"
        case _:
            return f"{EXAMPLES[field.kind]}   {operators}"


def _values(name: str, operator: str, begun: str, field: FilterField, known: Sequence[str]) -> list[FilterChoice]:
    """Return the values that the last of the values with commas can become."""
    before, comma, last = begun.rpartition(",")
    last = last.strip('"').lower()
    words = field.words or known
    start = f"{name}{operator}{before}{comma}"
    found = [word for word in words if word.lower().startswith(last)]
    found += [word for word in words if last in word.lower() and word not in found]
    return [FilterChoice(f"{start}{quoted(word)}", "", is_whole=True) for word in found]


def last_word(text: str) -> str:
    """Return the word at the end of a filter; empty after a blank."""
    return text[_begin_of_last(text) :]


def _begin_of_last(text: str) -> int:
    begin, in_quotes = 0, False
    for at, character in enumerate(text):
        if character == '"':
            in_quotes = not in_quotes
        elif character.isspace() and not in_quotes:
            begin = at + 1
    return begin


def completed(text: str, choice: FilterChoice) -> str:
    """Return the filter with the last word replaced. A blank follows a whole word."""
    return text[: _begin_of_last(text)] + choice.word + (" " if choice.is_whole else "")


def with_word(text: str, word: str) -> str:
    """Return a filter with a further word. It replaces one with the same field and `=`; the same word is removed."""
    name = word.partition("=")[0]
    words = _split(text)
    others = [each for each in words if each.partition("=")[0] != name]
    return " ".join(others if word in words else [*others, word])


def _split(text: str) -> list[str]:
    words: list[str] = []
    rest = text.strip()
    while rest:
        word = last_word(rest)
        words.insert(0, word)
        rest = rest[: len(rest) - len(word)].rstrip()
    return words
