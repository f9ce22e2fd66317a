"""Searching names: fast searches and the plain search have the same result, and a search that takes too long stops."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client import bounded_search
from torc_client.spec.codes import Code
from torc_client.spec.patterns import PatternError, Searcher

NAMES = ["prepare", "work_1", "work_10", "work_2", "work", "report"]


@pytest.mark.parametrize(
    "pattern",
    [
        "work",
        "^work",
        "^work$",
        "^work_1",
        "^work_1?$",
        "^work_1*0",
        "^work_[12]$",
        "^prepare|^report",
        "^prepare|port",
        "(?i)WORK",
        "^(work_)+1",
        "(a|e)+",
        "^nothing",
        "",
        "^",
    ],
)
def test_every_search_has_the_result_of_the_plain_search(pattern):
    assert Searcher(NAMES).search(pattern) == [name for name in NAMES if re.search(pattern, name)]


parts = st.sampled_from(["^", "a", "ab", "b", "_", "$", "?", "*", "+", "|", ".", "1", "[ab]", "\\d", "{2}"])


@given(st.lists(parts, max_size=5).map("".join), st.lists(st.text("ab_1", max_size=5), unique=True))
def test_any_pattern_has_the_result_of_the_plain_search(pattern, names):
    try:
        search = re.compile(pattern).search
    except re.error:
        with pytest.raises(PatternError) as raised:
            Searcher(names).search(pattern)
        assert raised.value.complaint.code is Code.INVALID_PATTERN
    else:
        assert Searcher(names).search(pattern) == [name for name in names if search(name)]


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(?x)^(a+) # a comment\n*$", "a*a*a*a*a*a*a*a*b", "a?" * 60 + "a" * 60 + "!"]
)
def test_a_search_that_takes_too_long_stops(monkeypatch, pattern):
    monkeypatch.setattr(bounded_search, "MAX_SECONDS", 0.5)
    monkeypatch.setattr(bounded_search, "FURTHER_SECONDS", 0.4)
    searcher = Searcher(["a" * 300 + "!"])
    with pytest.raises(PatternError, match=r"\b0\.5\b"):
        searcher.search(pattern)
    with pytest.raises(PatternError, match=r"\b0\.4\b"):
        searcher.search(pattern)
    assert searcher.search("(a)+!") == ["a" * 300 + "!"]


@pytest.mark.filterwarnings("error")
def test_character_classes_of_shells_and_forms_of_rust_are_supported():
    assert Searcher(NAMES).search("^work_[[:digit:]]$") == ["work_1", "work_2"]
    assert Searcher(NAMES).search(r"^(?<stem>work)_(?P<number>\d)\z") == ["work_1", "work_2"]
    assert Searcher(NAMES).search("^[[:alpha:]p]+$") == ["prepare", "work", "report"]
