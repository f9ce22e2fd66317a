"""Filters of lists: what SQL selects is what a naive evaluation in Python selects; values never become SQL."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server_builders import Clock, World, database_in_memory
from torc_server.edge.filter_language import FilterProblem, Period, Term, quoted, read_filter
from torc_server.engine.errors import RuleBroken
from torc_server.resources import lists
from torc_server.resources.filtering import conditions_of
from torc_server.resources.job import JOB
from torc_server.resources.lists import Selection
from torc_server.resources.resource import Resource
from torc_server.store.transaction import Transaction

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FIELDS = JOB.probes.fields
NAMES = ("a", "B", "ab", "x y", 'q"q', "comma,", "-flag", "é", "%_", "'; DROP TABLE job --", "")
STARTS = (None, "not a time", "2026-11-28T10:00:00Z", "2026-11-28T11:00:00.5+01:00", "2026-11-29T00:00:00Z")
LABELS = (None, ["gpu"], ["gpu", "big"])
WORDS = ("uninitialized", "running", "failed")
STORED = {"uninitialized": 0, "running": 4, "failed": 6}


ROWS = [
    {
        "name": NAMES[number % len(NAMES)],
        "priority": number % 4,
        "start_time": STARTS[number % len(STARTS)],
        "labels": LABELS[number % len(LABELS)],
        "status": WORDS[number % len(WORDS)],
        "supports_termination": number % 2 == 0,
    }
    for number in range(60)
]


@pytest.fixture(scope="module")
def tx() -> Iterator[Transaction]:
    with contextlib.closing(database_in_memory()) as connection:
        fill(World(connection, Clock()))
        yield Transaction(connection)


def fill(world: World) -> None:
    for row in ROWS:
        kept = {
            **row,
            "labels": json.dumps(row["labels"]) if row["labels"] else None,
            "status": STORED[str(row["status"])],
        }
        world.connection.execute(
            "INSERT INTO job (workflow_id, resource_requirements_id, name, command, priority, start_time, labels,"
            " status, supports_termination) VALUES (1, 1, :name, 'c', :priority, :start_time, :labels, :status,"
            " :supports_termination)",
            kept,
        )


def selected(tx: Transaction, resource: Resource, text: str) -> list[int]:
    found = conditions_of(text, resource.probes, NOW)
    selection = Selection(found.sql, found.parameters, frozenset({"filter"}))
    part = lists.excerpt(tx, resource, selection)
    assert part.total == len(part.items)
    return [json.loads(each)["id"] for each in part.items]


def compare(operator: str) -> Callable[[Any, Any], bool]:
    return {
        "=": lambda a, b: a == b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
    }[operator]


def ascii_lower(text: str) -> str:
    return "".join(each.lower() if each.isascii() else each for each in text)


def seconds_of(text: str | None) -> float | None:
    try:
        return datetime.fromisoformat(text or "").timestamp()
    except ValueError:
        return None


def matches(row: dict[str, Any], term: Term) -> bool:
    """Evaluate a term in the most direct way."""
    value, operator = row[term.field], term.operator
    if term.field == "start_time":
        value = seconds_of(value)  # what is not a time counts as absent
    if not term.values:
        return (value in (None, "")) is (operator == "=")
    positive = operator.removeprefix("!")
    if term.field == "start_time":
        if value is None:
            return False
        periods = [each for each in term.values if isinstance(each, Period)]
        if positive == "=":
            return any(each.start <= value < each.end for each in periods) is not operator.startswith("!")
        return compare(positive)(value, periods[0].start)
    items = value if isinstance(value, list) else [] if value is None else [value]
    if positive == "~":
        found = any(ascii_lower(str(each)) in ascii_lower(str(item)) for item in items for each in term.values)
    else:
        found = any(compare(positive)(item, each) for item in items for each in term.values)
    return found is not operator.startswith("!")


plain = st.sampled_from([each for each in NAMES if each])
values = {
    "name": plain,
    "labels": st.sampled_from(["gpu", "big", "g", "none"]),
    "status": st.sampled_from(WORDS),
    "priority": st.integers(-1, 5).map(str),
    "start_time": st.sampled_from(["2026-11-28", "2026-11-28T10", "2026-11-28T10:00:00Z", "yesterday", "-12h", "now"]),
    "supports_termination": st.sampled_from(["yes", "no", "TRUE"]),
}
operators = {
    "name": ["=", "!=", "~", "!~"],
    "labels": ["=", "!=", "~", "!~"],
    "status": ["=", "!="],
    "priority": ["=", "!=", ">", ">=", "<", "<="],
    "start_time": ["=", "!=", ">", ">=", "<", "<="],
    "supports_termination": ["=", "!="],
}


@st.composite
def words(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(values)))
    operator = draw(st.sampled_from(operators[name]))
    most = 3 if operator in {"=", "!=", "~", "!~"} and name != "supports_termination" else 1
    given_values = draw(st.lists(values[name], min_size=0 if operator in {"=", "!="} else 1, max_size=most))
    if name in {"status", "priority", "supports_termination"} and not given_values:
        given_values = [draw(values[name])]
    return f"{name}{operator}{','.join(quoted(each) for each in given_values)}"


@settings(max_examples=400, deadline=None)
@given(st.lists(words(), min_size=1, max_size=4))
def test_sql_selects_what_a_naive_evaluation_selects(tx: Transaction, of: list[str]) -> None:
    text = "  ".join(of)
    terms = read_filter(text, FIELDS, "name", NOW)
    expected = [number for number, row in enumerate(ROWS, 1) if all(matches(row, term) for term in terms)]
    assert selected(tx, JOB, text) == expected


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from([*'"=!~<>,-', " ", "name", "é", "'", ";"])).map("".join))
def test_any_text_is_a_filter_or_has_a_problem(tx: Transaction, text: str) -> None:
    with contextlib.suppress(RuleBroken):
        selected(tx, JOB, text)
    assert tx.value(str.__new__(lists.Statement, "SELECT COUNT(*) FROM job")) == len(ROWS)


@given(plain | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_quoted_value_is_itself(value: str) -> None:
    (term,) = read_filter(f"name={quoted(value)}", FIELDS, "name", NOW)
    assert term.values == (value,)
    (term,) = read_filter(quoted(value), {}, "name", NOW) if '"' in quoted(value) else (Term("", "", "", (value,)),)
    assert term.values == (value,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nmae=x", "there is no field 'nmae'; did you mean name?"),
        ("status=broken", "status is one of uninitialized, blocked"),
        ("status~fail", "status has the operators = !="),
        ("priority=many", "priority takes a number"),
        ("priority>1,2", "> takes one value, not 2"),
        ("priority>", "a value is missing after >"),
        ("name=a,,b", "a value between the commas is missing"),
        ("peak_memory_bytes>4x", "takes a size such as 512m or 4g"),
        ("elapsed>soon", "takes a duration such as 90s"),
        ("start_time>2026-13-01", "takes a time such as 2026-11-29"),
        ("start_time>-2", "takes a time such as"),
        ("-sweep", "to leave out a text, use name!~sweep"),
        ('name="a', "the quote does not end"),
        (" ".join(["a"] * 33), "use at most 32"),
        (" ".join(["name~a,b,c"] * 7), "more than 20 texts"),
        ("id=" + ",".join(["1"] * 1001), "more than 1000 values"),
        ("a" * 9000, "use at most 8192"),
    ],
)
def test_a_problem_names_the_word_and_what_is_allowed(text: str, problem: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        read_filter(text, FIELDS, "name", NOW)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("peak_memory_bytes>4g", 4 * 1024**3),
        ("peak_memory_bytes>1.5MiB", 1536 * 1024),
        ("elapsed>1h30m", 5400.0),
        ("elapsed>90", 90.0),
        ("id>-3", -3),
        ("supports_termination=no", False),
    ],
)
def test_units(word: str, value: object) -> None:
    (term,) = read_filter(word, FIELDS, "name", NOW)
    assert term.values == (value,)
