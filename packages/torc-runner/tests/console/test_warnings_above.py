"""Warnings of the log in a terminal that shows the progress."""

import io
import logging

import pytest
from rich.console import Console

from torc_runner.console.progress import WarningsAbove


@pytest.mark.parametrize(
    ("phrase", "is_shown"), [("Job output missing", False), ("Job out of memory", False), ("Job report refused", True)]
)
def test_reasons_that_the_results_have_are_not_shown_twice(phrase: str, is_shown: bool):
    console = Console(file=io.StringIO(), width=80)
    record = logging.LogRecord("torc_runner", logging.WARNING, "", 0, f"{phrase} job_id=5", None, None)
    record.phrase = phrase
    WarningsAbove(console).emit(record)
    assert (phrase in console.file.getvalue()) is is_shown


def test_other_warnings_are_shown():
    console = Console(file=io.StringIO(), width=80)
    WarningsAbove(console).emit(logging.LogRecord("torc_runner", logging.WARNING, "", 0, "Server away", None, None))
    assert "Server away" in console.file.getvalue()


def test_a_long_warning_breaks_between_words():
    console = Console(file=io.StringIO(), width=40)
    text = "Server away: the results are kept until it is back; a firewall may reject packets"
    WarningsAbove(console).emit(logging.LogRecord("torc_runner", logging.WARNING, "", 0, text, None, None))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(line.strip() for line in lines) == text
