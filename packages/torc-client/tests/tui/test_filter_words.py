"""The words that the filter dialog offers, and how they get into the text."""

from datetime import UTC, datetime

import pytest

from torc_client.tui.tables.filter_words import choices, completed, last_word, with_word
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import problem_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def words_for(text, words=records.JOBS, **values):
    return [one.word for one in choices(words, text, values)]


def test_an_empty_filter_offers_quick_filters_and_then_the_fields_of_columns():
    offered = words_for("")
    assert offered[0] == "status=failed,terminated,pending_failed"
    assert offered[5:8] == ["id=", "name~", "status="]


def test_a_begun_field_offers_those_that_begin_with_it_and_then_those_that_contain_it():
    offered = words_for("re")
    assert set(offered[:3]) == {"return_code=", "requirements~", "resource_requirements_id="}
    assert "cancel_on_blocking_job_failure" in offered[3:]


def test_a_field_of_words_offers_its_words():
    assert words_for("name~sim status=run") == ["status=running"]
    assert "status=failed,terminated" in words_for("status=failed,term")


def test_known_values_of_a_field_of_text_are_offered_in_quotes_if_they_need_them():
    assert words_for("group=sim", group=["simulate_#_#", "a sim"]) == ["group=simulate_#_#", 'group="a sim"']


def test_a_flag_is_offered_set_and_not_set():
    assert words_for("act", records.COMPUTE_NODES)[:2] == ["active", "-active"]


@pytest.mark.parametrize("words", [records.JOBS, records.RESULTS, records.EVENTS, records.COMPUTE_NODES])
def test_every_whole_word_that_is_offered_is_valid(words):
    for begun in ("", "status=", "a"):
        for one in choices(words, begun, {}):
            if one.is_whole:
                assert problem_of(words, completed(begun, one).strip(), NOW) == ""


def test_a_word_replaces_the_one_at_the_end():
    choice = choices(records.JOBS, 'name="a b" status=fai', {})[0]
    assert completed('name="a b" status=fai', choice) == 'name="a b" status=failed '
    assert last_word('x name="a b') == 'name="a b'


def test_a_value_of_the_row_replaces_that_of_the_same_field_and_twice_removes_it():
    first = with_word("name~sim status=ready", "status=failed")
    assert first == "name~sim status=failed"
    assert with_word(first, "status=failed") == "name~sim"
