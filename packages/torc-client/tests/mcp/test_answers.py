import json

import pytest
from pydantic import BaseModel

from torc_client.errors import TorcError
from torc_client.mcp.answers import (
    MOST_BYTES,
    Answer,
    PageAnswer,
    clean_text,
    document_of,
    offset_of,
    page_of,
    text_of,
)


class Row(BaseModel):
    name: str


class Rows(PageAnswer):
    rows: list[Row]


class Text(Answer):
    text: str


def test_small_answer_is_whole_and_says_nothing_of_what_was_left_off():
    assert document_of(Rows(rows=[Row(name="a")], total_count=1)) == {"rows": [{"name": "a"}], "total_count": 1}


def test_long_list_is_cut_to_the_limit_and_counted():
    document = document_of(Rows(rows=[Row(name="x" * 50)] * 2000, total_count=2000))
    assert len(text_of(document).encode()) <= MOST_BYTES
    assert document["left_off"]["rows"] + len(document["rows"]) == 2000
    assert len(document["rows"]) > 300


def test_long_text_is_cut_to_the_limit_also_where_characters_are_wide():
    document = document_of(Text(text="\N{SNOWMAN}" * 100_000))
    assert len(text_of(document).encode()) <= MOST_BYTES
    assert document["left_off"]["text"] > 90_000
    assert document["text"].endswith("(cut)")


def test_text_of_nothing_but_quotes_is_cut_to_the_limit():
    assert len(text_of(document_of(Text(text='"\\' * 50_000))).encode()) <= MOST_BYTES


def test_lists_in_lists_are_cut_to_the_limit():
    class Many(Answer):
        groups: list[Rows]

    inner = Rows(rows=[Row(name="y" * 100)] * 100, total_count=100)
    document = document_of(Many(groups=[inner] * 50))
    assert len(text_of(document).encode()) <= MOST_BYTES
    assert document["left_off"]


def test_page_takes_what_fits_and_its_cursor_continues_after_it():
    items = ["z" * 100] * 500
    rows, cursor = page_of(items, lambda name: Row(name=name), offset=40, total_count=10_000)
    assert 100 < len(rows) < 500
    assert offset_of(cursor) == 40 + len(rows)


def test_last_page_has_no_cursor():
    assert page_of(["a"], lambda name: Row(name=name), offset=9, total_count=10)[1] is None


def test_page_has_a_row_even_if_that_is_too_long():
    rows, cursor = page_of(["b" * 90_000, "c"], lambda name: Row(name=name), offset=0, total_count=2)
    assert len(rows) == 1
    assert cursor == "1"


@pytest.mark.parametrize("cursor", ["-1", "a", "1.5", "٣", "9" * 19])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(TorcError, match="not a cursor"):
        offset_of(cursor)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "a^[]0;title^Gb"),
        ("zero\x00", "zero^@"),
        ("left \u202egnissim", "left <202E>gnissim"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        ("hidden\U000e0049\U000e0067letters", "hiddenletters"),
        ("half \ud800", "half <D800>"),
    ],
)
def test_text_of_others_has_no_escapes_and_no_hidden_letters(text, shown):
    assert clean_text(text) == shown
    json.dumps(clean_text(text)).encode()
