import pytest

from torc_server.engine.errors import RuleBroken
from torc_server.engine.states import COMPLETE, TRANSITIONS, Cause, JobStatus, require, transitions_markdown


def test_every_cause_has_a_row():
    assert set(TRANSITIONS) == set(Cause)


def test_statuses_are_sent_as_words():
    assert [JobStatus.from_word(status.word) for status in JobStatus] == list(JobStatus)
    for word in ("READY", "2", "", "Ready", "done"):
        with pytest.raises(ValueError, match="not a job status"):
            JobStatus.from_word(word)


def test_the_complete_statuses_have_consecutive_numbers():
    assert {int(status) for status in COMPLETE} == {5, 6, 7, 8}


def test_a_refusal_names_job_status_and_cause():
    with pytest.raises(RuleBroken, match="'merge' is blocked; start needs a job that is pending"):
        require(Cause.START, JobStatus.BLOCKED, "merge")
    require(Cause.START, JobStatus.PENDING, "merge")


def test_the_table_as_markdown():
    table = transitions_markdown()
    assert "| claim | ready | pending |" in table
    assert table.count("\n") == len(Cause) + 2
