"""The choice of a workflow or a record when the command line has no id."""

import pytest

from torc_client.cli.framework.output import ask
from torc_client.testing import Refusal


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("list_workflows", make.workflows(make.workflow(8, name="other"), make.workflow(7)))
    fake_server.answer("get_workflow", make.workflow(8, name="other"))
    fake_server.answer("list_jobs", make.jobs([make.job(1), make.job(2)], total=70))
    fake_server.answer("get_workflow_status", make.status(is_complete=True))
    fake_server.answer("get_job", lambda call: make.job(call.path["id"]))
    return fake_server


CHANGING = [
    ["workflows", "archive", "true"],
    ["cancel"],
    ["cancel", "--no-prompts"],
    ["-f", "json", "cancel"],
    ["files", "delete-all", "--no-prompts"],
    ["init", "--no-prompts"],
    ["jobs", "reset-status", "--status", "failed", "--no-prompts"],
    ["recover", "--no-prompts"],
    ["reinit"],
    ["remote", "stop"],
    ["slurm", "regenerate", "--profile", "kestrel"],
    ["watch", "--recover"],
    ["workflows", "correct-resources"],
    ["workflows", "reset-status", "--no-prompts"],
    ["workflows", "sync-status"],
    ["workflows", "update", "--name", "x"],
]


@pytest.fixture
def answers(monkeypatch):
    """Answer prompts with these texts in turn, and record the questions."""
    typed: list[int | None] = []
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
    assert questions == ["Of which workflow? (its id, or Enter for none)", "Which job? (its id, or Enter for none)"]
    assert "8  other (finished, " in ended.err
    assert "job2" in ended.err
    assert "68 more" in ended.err
    assert server.calls_of("list_jobs")[0].query == {"workflow_id": 8, "offset": 0, "limit": 50}


async def test_a_workflow_that_was_not_offered_is_refused(torc, server, answers):
    answers[0].append(9)
    ended = await torc("cancel")
    assert ended.code == 1
    ended.told()


@pytest.mark.parametrize(
    ("command", "question"),
    [
        (["cancel"], "Cancel which workflow?"),
        (["workflows", "delete"], "Delete which workflow?"),
        (["recover"], "Recover which workflow?"),
        (["files", "update", "--name", "x"], "Of which workflow?"),
        (["slurm", "regenerate", "--profile", "kestrel"], "Which workflow?"),
        (["remote", "stop"], "Which workflow?"),
    ],
    ids=" ".join,
)
async def test_an_empty_answer_changes_nothing(torc, server, answers, command, question):
    typed, questions = answers
    typed.append(None)
    ended = await torc(*command)
    assert (ended.code, ended.out) == (1, "")
    assert questions == [f"{question} (its id, or Enter for none)"]
    ended.told()
    assert {call.operation for call in server.calls} <= {"get_version", "list_workflows", "get_workflow_status"}


async def test_an_empty_answer_chooses_no_record(torc, server, answers):
    answers[0][:] = [8, None]
    ended = await torc("jobs", "get")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert server.calls_of("get_job") == []


async def test_a_server_without_states_offers_names(torc, server, answers):
    server.answer("get_workflow_status", Refusal(404, "There is no such path"))
    answers[0].append(None)
    assert "       8  other\n       7  sweep\n" in (await torc("cancel")).err


async def test_delete_asks_which_workflow_and_then_for_confirmation(torc, server, answers, monkeypatch, make):
    confirmed = []
    monkeypatch.setattr(ask, "confirm", lambda question: bool(confirmed.append(question)))
    server.answer("get_workflow_status", lambda call: make.status(workflow_id=call.path["id"], is_complete=True))
    answers[0].append(7)
    await torc("delete")
    assert [question[: len("Delete workflow 7")] for question in confirmed] == ["Delete workflow 7"]
    assert server.calls_of("delete_workflow") == []


@pytest.mark.parametrize("options", [["delete"], ["delete", "--force"], ["-f", "json", "delete"]], ids=" ".join)
async def test_delete_without_a_question_requires_an_id(torc, server, monkeypatch, options):
    monkeypatch.setattr(ask, "is_possible", lambda: len(options) > 1)
    ended = await torc(*options)
    assert (ended.code, ended.out) == (2, "")
    ended.told()
    assert server.calls == []


async def test_nothing_to_choose_from(torc, server, answers, make):
    answers[0].append(8)
    server.answer("list_jobs", make.jobs([]))
    ended = await torc("jobs", "get")
    assert ended.code == 1
    ended.told()
    assert "torc jobs create" in ended.err


async def test_without_a_terminal_an_id_is_required(torc, server, monkeypatch):
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    ended = await torc("jobs", "get")
    assert (ended.code, ended.out) == (2, "")
    ended.told()


@pytest.mark.parametrize("arguments", CHANGING, ids=" ".join)
async def test_without_a_terminal_only_a_named_workflow_is_changed(torc, server, monkeypatch, make, arguments):
    monkeypatch.setattr(ask, "is_possible", lambda: False)
    server.answer("list_workflows", make.workflows(make.workflow(7)))
    ended = await torc(*arguments)
    assert (ended.code, ended.out) == (1, "")
    ended.told("json" if "json" in arguments else "table")
    assert [call.operation for call in server.calls if call.operation not in {"get_version", "list_workflows"}] == []


@pytest.mark.parametrize("agrees", [True, False])
async def test_the_only_workflow_is_changed_after_a_question(torc, server, monkeypatch, make, agrees):
    questions = []

    def confirm(question):
        questions.append(question)
        return agrees

    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", confirm)
    server.answer("list_workflows", make.workflows(make.workflow(7)))
    server.answer("archive_workflow", make.workflow(7))
    ended = await torc("workflows", "archive", "true")
    assert questions == ["Use your only workflow, 7 (sweep)?"]
    assert ended.code == (0 if agrees else 1)
    assert len(server.calls_of("archive_workflow")) == agrees


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("arguments", [["files", "list"], ["workflows", "get"]], ids=" ".join)
async def test_commands_that_read_take_the_newest_workflow(torc, server, monkeypatch, make, *, arguments, terminal):
    monkeypatch.setattr(ask, "is_possible", lambda: terminal)
    server.answer("list_files", make.jobs([]))
    ended = await torc(*arguments)
    assert ended.code == 0
    ended.told(arguments[0])
    assert (ended.err + ended.out).count("8 (other)") == 1
    assert server.calls_of("list_workflows")[0].query["reverse_sort"] is True
    server.answer("list_workflows", make.workflows(make.workflow(8)))
    assert "newest" not in (await torc(*arguments)).err
