"""The choice of a workflow or a record when the command line has no id."""

import pytest

from torc_client.cli.framework.output import ask


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("list_workflows", make.workflows(make.workflow(7), make.workflow(8, name="other")))
    fake_server.answer("get_workflow", make.workflow(8, name="other"))
    fake_server.answer("list_jobs", make.jobs([make.job(1), make.job(2)], total=70))
    fake_server.answer("get_job", lambda call: make.job(call.path["id"]))
    return fake_server


@pytest.fixture
def answers(monkeypatch):
    """Answer prompts with these texts in turn, and record the questions."""
    typed: list[int] = []
    questions: list[str] = []

    def number(question):
        questions.append(question)
        return typed.pop(0)

    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "number", number)
    return typed, questions


async def test_a_person_chooses_a_workflow_and_a_record_of_it(torc, server, answers):
    typed, questions = answers
    typed += [8, 2]
    ended = await torc("-f", "json", "jobs", "get")
    assert ended.json["id"] == 2
    assert questions == ["Workflow id", "Job id"]
    assert "other" in ended.err
    assert "job2" in ended.err
    assert "68 more" in ended.err
    assert server.calls_of("list_jobs")[0].query == {"workflow_id": 8, "offset": 0, "limit": 50}


async def test_a_workflow_that_was_not_offered_is_refused(torc, server, answers):
    answers[0].append(9)
    ended = await torc("jobs", "list")
    assert ended.code == 1
    assert "9 is not one of these workflows." in ended.err


async def test_nothing_to_choose_from(torc, server, answers, make):
    answers[0].append(8)
    server.answer("list_jobs", make.jobs([]))
    ended = await torc("jobs", "get")
    assert ended.code == 1
    assert "Workflow 8 has no jobs." in ended.err
    assert "torc jobs create" in ended.err


async def test_without_a_terminal_an_id_is_required(torc, server, monkeypatch):
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    ended = await torc("jobs", "get")
    assert (ended.code, ended.out) == (2, "")
    assert "Missing argument 'ID'" in ended.err
    ended = await torc("jobs", "list")
    assert (ended.code, "Specify the id of one." in ended.err) == (1, True)
