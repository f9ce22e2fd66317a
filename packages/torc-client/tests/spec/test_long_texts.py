"""Texts that take quadratic or exponential time in a search with backtracking are read in linear time.

If one is not, its test takes hours.
"""

import contextlib

import pytest

from torc_client.spec.codes import Code
from torc_client.spec.formats import Format
from torc_client.spec.json_text import json_positions
from torc_client.spec.kdl_nodes import Scan
from torc_client.spec.positions import Position
from torc_client.spec.problems import Problem, SpecError
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
    assert parse("standard input", "/* a */\n" * 30 + '// b\nname "w"\n').value["name"] == "w"


@pytest.mark.parametrize("part", ["/*", "'\\'", '"', "\\", "/* '"])
def test_positions_of_a_json_text_without_ends(part: str) -> None:
    json_positions("[" + part * MANY)


@pytest.mark.parametrize("part", ['r#" ', '#" ', '##"#', "/*", '\\"""', "#", '"\\', "(a", 'r"'])
def test_positions_of_a_kdl_text_without_ends(part: str) -> None:
    Scan("job " + part * MANY)


@pytest.mark.parametrize(
    "digits", ["7" * MANY, "-" + "7" * MANY, "0x" + "f" * MANY, "0b" + "1" * MANY, "1" + "_1" * MANY]
)
def test_a_kdl_number_with_thousands_of_digits(digits: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse("w.kdl", f'name "w"\njob "j" {{ priority {digits} }}', format=Format.KDL)
    (problem,) = caught.value.problems
    assert (problem.code, problem.position) == (Code.NOT_STORABLE, Position(2, 20))


def test_a_kdl_text_may_have_thousands_of_digits() -> None:
    text = f'name "{"7" * MANY}"\njob "a"'
    assert parse("w.kdl", text, format=Format.KDL).value["name"] == "7" * MANY


@pytest.mark.parametrize("text", ['{"name": %s}', "{name: %s}"])
def test_a_json5_number_with_thousands_of_digits(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse("w.json5", text % ("7" * 10_000), format=Format.JSON5)
    assert [problem.code for problem in caught.value.problems] == [Code.NOT_STORABLE]


def test_a_json5_text_of_millions_of_characters() -> None:
    """The reader that explains errors takes minutes for a text of this size."""
    jobs = "".join(f"  {{name: 'j{number}', command: 'echo', depends_on: [],}}, // last\n" for number in range(60_000))
    text = f"{{name: 'w', jobs: [\n{jobs}]}}"
    assert len(text) > 3 * 10**6
    assert len(parse("w.json5", text, format=Format.JSON5).value["jobs"]) == 60_000
    with pytest.raises(SpecError, match=r"w\.json5:60002:1: .*SPEC004"):
        parse("w.json5", text[:-2] + ", 7]}", format=Format.JSON5)


def test_a_problem_with_a_long_value_has_a_short_message() -> None:
    line = Problem(Code.WRONG_TYPE, "a" * MANY, "7" * MANY, "8" * MANY).line("w.yaml")
    assert len(line) < 2000
    assert "77; 88" in line
