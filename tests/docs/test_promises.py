"""The tests that the page of promises names exist, and each promise has one."""

import re

from support.pages import ROOT

PAGE = ROOT / "docs" / "explanation" / "promises.md"
NAMED = re.compile(r"`([\w./-]+\.py)::(\w+)`")
# Sections that are no promise.
OTHER = {"Everyday sequences", "What `torc-server db check` looks for"}


def stale_tests(text: str) -> list[str]:
    """Return the tests that a text names and that do not exist."""
    return [
        f"{path}::{name}"
        for path, name in NAMED.findall(text)
        if not (ROOT / path).is_file()
        or not re.search(
            rf"^(?:(?:async )?def {name}\(|class {name}\b|{name} = )", (ROOT / path).read_text(), re.MULTILINE
        )
    ]


def test_the_named_tests_exist():
    assert stale_tests(PAGE.read_text()) == []


def test_a_renamed_test_is_noticed():
    assert stale_tests("`tests/docs/test_promises.py::test_of_old` `tests/docs/test_promise.py::test_of_old`") == [
        "tests/docs/test_promises.py::test_of_old",
        "tests/docs/test_promise.py::test_of_old",
    ]


def test_each_promise_has_a_test_and_conditions():
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    promises = [section for section in sections if section.partition("\n")[0] not in OTHER]
    assert len(promises) >= 7
    for promise in promises:
        assert NAMED.search(promise), promise
        assert "Condition" in promise, promise
