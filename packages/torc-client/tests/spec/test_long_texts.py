"""Texts that take quadratic or exponential time in a search with backtracking are read in linear time.

If one is not, its test takes hours.
"""

import contextlib

import pytest

from torc_client.spec.json_text import json_positions
from torc_client.spec.kdl_nodes import Scan
from torc_client.spec.problems import SpecError
from torc_client.spec.reading import parse

MANY = 100_000


@pytest.mark.parametrize(
    "text",
    ["/* a */\n" * 26 + "x: 1", "/* a */" * MANY + "!", "// a\n" * MANY + "!", "/*" * MANY, "/* a */ " * MANY + "/*"],
)
def test_a_text_that_begins_with_comments(text: str) -> None:
    with contextlib.suppress(SpecError):
        parse("standard input", text)


@pytest.mark.parametrize(
    "text", ["/* a */\n" * 30 + "{name: 'w', jobs: []}", '// a\n\n /* a */{"name": "w", "jobs": []}']
)
def test_json_after_comments_is_recognized(text: str) -> None:
    assert parse("standard input", text).value == {"name": "w", "jobs": []}


def test_kdl_after_comments_is_recognized() -> None:
    assert parse("standard input", "/* a */\n" * 30 + '// b\nname "w"\n').value == {"name": "w"}


@pytest.mark.parametrize("part", ["/*", "'\\'", '"', "\\", "/* '"])
def test_positions_of_a_json_text_without_ends(part: str) -> None:
    json_positions("[" + part * MANY)


@pytest.mark.parametrize("part", ['r#" ', '#" ', '##"#', "/*", '\\"""', "#", '"\\', "(a", 'r"'])
def test_positions_of_a_kdl_text_without_ends(part: str) -> None:
    Scan("job " + part * MANY)
