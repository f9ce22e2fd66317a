import pytest

from torc_server.engine.errors import RuleBroken
from torc_server.engine.states import COMPLETE, TRANSITIONS, Cause, JobStatus, require, transitions_markdown


def test_every_cause_has_its_row():
    assert set(TRANSITIONS) == set(Cause)


def test_statuses_go_over_the_wire_as_words():
    assert [JobStatus.from_word(status.word) for status in JobStatus] == list(JobStatus)
    for word in ("READY", "2", "", "Ready", "done"):
        with pytest.raises(ValueError, match="not a job status"):
            JobStatus.from_word(word)


def test_sql_counts_on_the_numbers_of_complete_statuses():
    assert {int(status) for status in COMPLETE} == {5, 6, 7, 8}


def test_a_refusal_tells_job_status_and_cause():
    with pytest.raises(RuleBroken, match="'merge' is blocked; start needs a job that is pending"):
        require(Cause.START, JobStatus.BLOCKED, "merge")
    require(Cause.START, JobStatus.PENDING, "merge")


def test_the_table_can_be_shown():
    table = transitions_markdown()
    assert "| claim | ready | pending |" in table
    assert table.count("\n") == len(Cause) + 2
