"""A page's output is compared line by line with the real output, and every difference is a failure."""

from pathlib import Path

import pytest

from support.page_session import PageSession
from support.pages import ROOT, Block, Command
from support.processes import Place
from support.shown_output import difference

REAL = "Jobs\n│ ID │  Name │\n├────┼───────┤\n│  1 │ hello │\n\nTotal: 1 job\n"


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(REAL, id="same-text"),
        pytest.param(REAL.replace("  ", " ").replace("────", "───"), id="other-column-width"),
        pytest.param("Jobs\n...", id="more-lines-follow"),
        pytest.param("...\nTotal: 1 job", id="lines-before"),
        pytest.param("Jobs\n...\n│ 1 │ hello │\n...\nTotal: 1 job\n...", id="wildcard-for-zero-lines"),
        pytest.param("...\n│ ... │ hello │\n...", id="wildcard-in-a-line"),
        pytest.param("...\nTotal: ...", id="wildcard-at-the-end-of-a-line"),
        pytest.param("...", id="any-output"),
    ],
)
def test_shown_output_matches(shown: str):
    assert difference(shown.splitlines(), REAL) is None


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        pytest.param(
            REAL.replace("hello", "moon"),
            "the page shows '│ 1 │ moon │', the command printed '│ 1 │ hello │'",
            id="other-word",
        ),
        pytest.param("Jobs", "the page does not show '│ ID │ Name │'", id="line-missing-in-the-page"),
        pytest.param(
            "...\nTotal: 1 job\nDone",
            "the page shows 'Done', the command printed the end of the output",
            id="line-missing-in-the-output",
        ),
        pytest.param(
            "...\nTotal: 1 job\n...\nJobs\n...",
            "the page shows 'Jobs', the command printed the end of the output",
            id="other-order",
        ),
        pytest.param(
            "...\nTotal: 2...",
            "the page shows 'Total: 2...', the command printed the end of the output",
            id="wildcard-beside-another-number",
        ),
    ],
)
def test_every_difference_is_reported(shown: str, reason: str):
    assert difference(shown.splitlines(), REAL) == reason


def test_output_belongs_to_the_command_above_it():
    block = Block(ROOT / "README.md", 1, "console", {}, "$ echo a \\\n  b\na b\n$ true\n$ echo c\nc\n")
    assert block.commands == [Command("echo a \\\n  b", ("a b",)), Command("true", ()), Command("echo c", ("c",))]


@pytest.mark.parametrize("text", ["$ echo one; echo two >&2\none\ntwo\n$ echo three\nthree\n", "$ echo one\n"])
def test_a_page_with_the_real_output_passes(place: Place, text: str):
    PageSession(place).follow(Block(ROOT / "README.md", 1, "console", {}, text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$ echo one; echo two >&2\none\nthree\n", id="changed-line-of-stderr"),
        pytest.param("$ echo one\none\n$ echo two\none\n", id="output-of-another-command"),
        pytest.param("$ echo one\none\n$ true\ntwo\n", id="command-without-output"),
    ],
)
def test_a_page_with_another_output_fails(place: Place, text: str):
    with pytest.raises(AssertionError, match=r"README.md:1: the page shows"):
        PageSession(place).follow(Block(ROOT / "README.md", 1, "console", {}, text))


def test_the_output_of_a_background_program_is_compared(place: Place):
    block = Block(
        *(ROOT / "README.md", 1, "console", {"background": ""}),
        "$ torc-server run --host 127.0.0.1 --port 8080 --database torc.db\n...\nTORC_SERVER_PORT=9090\n",
    )
    session = PageSession(place)
    try:
        session.follow(block)
    finally:
        session.close()
    with pytest.raises(AssertionError, match="the page shows 'TORC_SERVER_PORT=9090'"):
        session.compare_background()


@pytest.mark.parametrize("code", [0, 3])
def test_the_last_command_has_the_exit_code_of_the_block(place: Place, code: int):
    text = f"$ sh -c 'exit {code}'\n$ true\n"
    session = PageSession(place)
    if code == 0:
        session.follow(Block(Path(ROOT, "README.md"), 1, "console", {}, text))
    else:
        with pytest.raises(AssertionError, match="exit code 3 after command 1, expected 3 after command 2"):
            session.follow(Block(Path(ROOT, "README.md"), 1, "console", {"status": "3"}, text))
