"""Texts that make a backtracking regular expression slow: each repetition of a pattern, repeated many times."""

import itertools
import re
from collections.abc import Iterator
from re import _constants as constants
from re import _parser as parser
from typing import Any

REPETITIONS = 20_000
# What follows the repetition, so that the pattern does not match and the search goes back.
ENDS = ("", "\x00", "!", " ", "\n", '"', "0", "a")
REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}
CATEGORIES = {
    constants.CATEGORY_DIGIT: "0",
    constants.CATEGORY_NOT_DIGIT: "a",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_NOT_SPACE: "a",
    constants.CATEGORY_WORD: "a",
    constants.CATEGORY_NOT_WORD: "-",
}


def pumped_texts(pattern: str, flags: int) -> Iterator[str]:
    """Yield texts: what precedes a repetition, its content many times, and an end."""
    parsed = parser.parse(pattern, flags)
    pumps = list(dict.fromkeys(_pumps(list(parsed), "")))
    for before, content in pumps:
        for end in ENDS:
            yield before + content * REPETITIONS + end
    # A search begins at each place: what precedes a repetition is repeated too.
    for before, content in pumps:
        for again in {before + content, before} - {""}:
            yield again * REPETITIONS
    contents = list(dict.fromkeys(content for _, content in pumps))[:8]
    for one, other in itertools.permutations(contents, 2):
        yield (one + other) * REPETITIONS + "\x00"


def _pumps(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield the repetitions in a sequence: a text before each, and texts of its content."""
    for node in nodes:
        operator, argument = node
        if operator in REPEATS:
            _, most, inner = argument
            if most == constants.MAXREPEAT:
                for content in _examples(list(inner)):
                    if content:
                        yield before, content
            yield from _pumps(list(inner), before)
        else:
            for inner in _inner(operator, argument):
                yield from _pumps(list(inner), before)
        before += next(iter(_examples([node])), "")


def _inner(operator: Any, argument: Any) -> list[Any]:
    """Return the sequences inside a node that is not a repetition."""
    if operator is constants.SUBPATTERN:
        return [argument[3]]
    if operator is constants.BRANCH:
        return list(argument[1])
    if operator in (constants.ASSERT, constants.ASSERT_NOT):
        return [argument[1]]
    return [argument] if operator is constants.ATOMIC_GROUP else []


def _examples(nodes: list[Any]) -> list[str]:
    """Return up to four texts that a sequence matches."""
    texts = [""]
    for node in nodes:
        texts = [text + more for text in texts for more in _examples_of(*node)][:4]
    return texts


def _examples_of(operator: Any, argument: Any) -> list[str]:
    found = [""]
    if operator is constants.LITERAL:
        found = [chr(argument)]
    elif operator is constants.NOT_LITERAL:
        found = ["b" if argument == ord("a") else "a"]
    elif operator is constants.ANY:
        found = ["a", '"']
    elif operator is constants.IN:
        found = _characters(argument)
    elif operator in REPEATS:
        least, _, inner = argument
        found = [text * max(least, 1) for text in _examples(list(inner))] + ([""] if least == 0 else [])
    elif operator in (constants.SUBPATTERN, constants.ATOMIC_GROUP):
        found = _examples(list(argument[3] if operator is constants.SUBPATTERN else argument))
    elif operator is constants.BRANCH:
        found = [text for branch in argument[1] for text in _examples(list(branch))[:1]]
    return found


def _characters(parts: list[Any]) -> list[str]:
    """Return characters of a set: the first of each of its parts."""
    if parts[0][0] is constants.NEGATE:
        found = "".join(chr(code) for code in range(32, 127))
        pattern = re.compile("[^" + "".join(_escaped(*part) for part in parts[1:]) + "]")
        return pattern.findall(found)[:1] + pattern.findall("a0 ")[:1]
    return [
        CATEGORIES[value] if kind is constants.CATEGORY else chr(value if kind is constants.LITERAL else value[0])
        for kind, value in parts
    ][:3]


def _escaped(kind: Any, value: Any) -> str:
    if kind is constants.LITERAL:
        return re.escape(chr(value))
    if kind is constants.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return re.escape(CATEGORIES[value])
