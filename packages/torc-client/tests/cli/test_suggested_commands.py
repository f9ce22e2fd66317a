"""Commands in messages have the options with which they reach the same fake_server."""

import pytest

from torc_client.cli import COMMANDS, torc
from torc_client.suggested_commands import COMMANDS_WITH_SERVER, complete_commands, use_options
from torc_client.testing import Refusal

WITHOUT_SERVER = {"self", "completions", "config", "dash", "hpc", "remote-agent", "skills", "spec"}


@pytest.fixture(autouse=True)
def server(fake_server):
    use_options([])
    fake_server.answer("get_version", lambda _: {"version": "1.0.0", "api_version": "0.21.0", "torc_server": "1.0.0"})
    yield fake_server
    use_options([])


def test_every_command_that_calls_a_server_is_completed():
    with torc.make_context("torc", ["ping"]) as context:
        names = set(torc.list_commands(context))
    assert set(COMMANDS_WITH_SERVER) == (names | set(COMMANDS)) - WITHOUT_SERVER


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("Run it: torc run 7", "Run it: torc -s --db 'my runs/a.db' run 7"),
        ("`torc jobs list` shows the ids.", "`torc -s --db 'my runs/a.db' jobs list` shows the ids."),
        ("torc run 1 or torc status 1", "torc -s --db 'my runs/a.db' run 1 or torc -s --db 'my runs/a.db' status 1"),
        ("this torc reads 2; torc spec check x", None),
        ("`torc -s run x`, my-torc run, ./torc run, torc runs, torc-server run", None),
    ],
)  # fmt: skip
def test_commands_in_a_text(text: str, completed: str | None):
    assert complete_commands(text) == text
    use_options(["-s", "--db", "my runs/a.db"])
    assert complete_commands(text) == (completed or text)


async def test_commands_that_are_given_an_url_suggest_it(torc, fake_server):
    page = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
    fake_server.answer("list_jobs", page)
    fake_server.answer("get_workflow", {"id": 7, "name": "w", "user": "u"})
    ended = await torc("--url", fake_server.url, "--skip-version-check", "jobs", "list", "7")
    options = f"torc --url {fake_server.url} --skip-version-check"
    assert f"Add one: {options} jobs create 7 --name NAME" in ended.err
    fake_server.answer("get_job", Refusal(404, "There is no job 9"))
    refused = await torc("--url", fake_server.url, "jobs", "get", "9")
    assert f"`torc --url {fake_server.url} jobs list`" in refused.err
    fake_server.answer("get_workflow", Refusal(422, "Workflow 7 is archived: torc workflows archive false 7"))
    refused = await torc("--url", fake_server.url, "workflows", "get", "7")
    assert f"torc --url {fake_server.url} workflows archive false 7" in refused.err


async def test_no_secret_is_suggested(torc, fake_server):
    fake_server.answer("get_job", Refusal(404, "There is no job 9"))
    secrets = ("--password", "secret", "--cookie-header", "a=secret")
    refused = await torc("--url", fake_server.url, *secrets, "jobs", "get", "9")
    assert "jobs list" in refused.err
    assert "secret" not in refused.err
