"""The tests that pages name exist, and each promise names one."""

import re
from itertools import pairwise

import pytest

from support.pages import ROOT

EXPLANATION = ROOT / "docs" / "explanation"
PROMISES = EXPLANATION / "promises.md"
THREAT_MODEL = EXPLANATION / "threat-model.md"
# A test, or a file of tests.
NAMED = re.compile(r"`([\w./-]+\.py)(?:::(\w+))?`")
# Sections that are no promise.
OTHER = {"Everyday sequences", "What `torc-server db check` looks for"}
# Sections of the security model that say who is trusted, what is allowed, and how it is tested.
OVERVIEW = {"Summary", "Who is trusted with what", "How this is tested"}
ALLOWED = ("*Can*", "*They can*", "They *can*", "*Not protected*", "With `--enforce-access-control`, they *can*", "#")
PROMISING = re.compile(r"\b(?:cannot|never)\b", re.IGNORECASE)


def stale_tests(text: str) -> list[str]:
    """Return the tests and files of tests that a text names and that do not exist. Other modules are not tests."""
    return [
        f"{path}::{name}" if name else path
        for path, name in NAMED.findall(text)
        if (name or "/test_" in path)
        and (
            not (ROOT / path).is_file()
            or not re.search(
                rf"^(?:(?:async )?def {name}\(|class {name}\b|{name} = )" if name else "^(?:async )?def test_",
                (ROOT / path).read_text(),
                re.MULTILINE,
            )
        )
    ]


def sections_of(text: str) -> dict[str, str]:
    """Return the sections of a page by their headings."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


def names_a_test(text: str) -> bool:
    """Whether a text names a test."""
    return any(name or "/test_" in path for path, name in NAMED.findall(text))


def unproven(text: str) -> list[str]:
    """Return the promises of the security model without a test.

    They are the rows of tables with the column `Test`, the lists after `*Cannot*`, and other paragraphs that say
    "cannot" or "never".
    """
    missing: list[str] = []
    for heading, section in sections_of(text).items():
        blocks = re.split(r"\n\n+", section.partition("\n")[2].strip())
        for before, block in pairwise(["", *blocks]):
            if block.startswith("|"):
                header, _, *rows = block.splitlines()
                is_proven = header.rstrip().endswith("| Test |")
                if before.startswith(("*Cannot*", "*Cannot*,")) and not is_proven:
                    missing.append(header)
                missing += [row for row in rows if is_proven and not names_a_test(row.rsplit("|", 2)[1])]
            elif before.startswith("*Cannot*"):
                missing.append(block)
            elif heading not in OVERVIEW and not block.startswith((*ALLOWED, "*Cannot*")):
                parts = re.split(r"\n(?=- )", block)
                missing += [part for part in parts if PROMISING.search(part) and not names_a_test(part)]
    return missing


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_the_named_tests_exist(page):
    assert stale_tests(page.read_text()) == []


def test_a_renamed_test_is_noticed():
    text = (
        "`tests/docs/test_promises.py::test_of_old` `tests/docs/test_promise.py::test_of_old`"
        " `tests/docs/test_promise.py` `tests/docs/test_promises.py` `torc_server/resources/references.py`"
    )
    assert stale_tests(text) == [
        "tests/docs/test_promises.py::test_of_old",
        "tests/docs/test_promise.py::test_of_old",
        "tests/docs/test_promise.py",
    ]


def test_each_promise_has_a_test_and_conditions():
    promises = [section for heading, section in sections_of(PROMISES.read_text()).items() if heading not in OTHER]
    assert len(promises) >= 7
    for promise in promises:
        assert NAMED.search(promise), promise
        assert "Condition" in promise, promise


def test_each_promise_of_the_security_model_has_a_test():
    text = THREAT_MODEL.read_text()
    assert unproven(text) == []
    assert len(NAMED.findall(text)) >= 60
    parties = [section for section in sections_of(text).values() if "*Cannot*" in section]
    assert len(parties) == 5


@pytest.mark.parametrize(
    "text",
    [
        "## A\n\n*Cannot*:\n\n- open it (`tests/docs/test_promises.py`)",
        "## A\n\n*Cannot*:\n\n| They try to | What happens |\n|---|---|\n| open it | it is closed |",
        "## A\n\n*Cannot*:\n\n| They try to | Test |\n|---|---|\n| open `tests/docs/test_promises.py` | |",
        "## A\n\nNo user can do this. It is never done.",
        "## A\n\n- this is done\n- that cannot be done",
    ],
)
def test_a_promise_without_a_test_is_noticed(text):
    assert len(unproven(text)) == 1
