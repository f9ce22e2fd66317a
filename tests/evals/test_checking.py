"""Answers that lack what a question expects are found."""

import pytest

from evals.checking import complaint_about, filled_in, value_at
from evals.questions import read_questions

ANSWER = {"clusters": [{"return_code": 3, "jobs": ["a", "b"]}], "text": "ValueError: x"}


@pytest.mark.parametrize(
    "expected",
    [
        {"at": "clusters.0.return_code", "equals": 3},
        {"at": "clusters.0.return_code", "at_least": 3},
        {"at": "clusters.0.jobs", "contains": '"a"'},
        {"contains": "ValueError"},
        {"lacks": "KeyError"},
    ],
)
def test_a_right_answer_has_no_complaint(expected):
    assert complaint_about(ANSWER, expected) is None


@pytest.mark.parametrize(
    "expected",
    [
        {"at": "clusters.0.return_code", "equals": 4},
        {"at": "clusters.1.return_code", "equals": 3},
        {"at": "missing.path", "contains": "x"},
        {"at": "clusters.0.return_code", "at_least": 4},
        {"contains": "KeyError"},
        {"lacks": "ValueError"},
    ],
)
def test_a_wrong_answer_has_a_complaint(expected):
    assert complaint_about(ANSWER, expected)


def test_values_are_kept_and_filled_in():
    assert value_at(ANSWER, "clusters.0.jobs.1") == "b"
    assert filled_in({"id": "$id", "list": ["$id", "$other"]}, {"id": 7}) == {"id": 7, "list": [7, "$other"]}


def test_every_question_checks_something():
    _, questions = read_questions()
    for each in questions:
        assert all(set(one) & {"contains", "lacks", "equals", "at_least"} for call in each.calls for one in call.expect)
        assert any(call.expect or call.refused for call in each.calls), each.question
    assert len({each.question for each in questions}) == len(questions) >= 20
