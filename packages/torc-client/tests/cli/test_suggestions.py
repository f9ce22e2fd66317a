"""Suggestions for misplaced options and unknown commands."""

import pytest

from torc_client.errors import NotFoundError, api_error
from torc_client.testing import Refusal


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["list"], "torc workflows list or torc jobs list"),
        (["version"], "torc --version"),
        (["help"], "torc --help"),
        (["diagnose", "7"], "torc workflows diagnose"),
        (["reset", "7"], "torc workflows reset-status or torc jobs reset-status"),
        (["kill", "7"], "cancel"),
        (["jobs", "show", "7"], "get"),
        (["workflows", "rm", "7"], "delete"),
    ],
)
async def test_words_of_groups_and_options_lead_to_them(torc, words, meant):
    ended = await torc(*words)
    assert (ended.code, ended.out) == (2, "")
    ended.told(words[0])
    assert meant in ended.err


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["jobs", "list", "7", "-f", "json"], "torc -f TEXT jobs list"),
        (["jobs", "list", "7", "--format", "json"], "torc --format TEXT jobs list"),
        (["workflows", "list", "--url", "x"], "torc --url URL workflows list"),
        (["create", "spec.yaml", "-s"], "torc -s create"),
    ],
)
async def test_options_of_torc_behind_a_command(torc, words, place):
    ended = await torc(*words)
    assert (ended.code, ended.out) == (2, "")
    ended.told(" ".join(words))
    assert ended.err.endswith(f"{place}\n")


@pytest.mark.parametrize("option", ["-y", "--yes"])
async def test_options_of_other_programs_lead_to_the_one_that_skips_confirmations(torc, option):
    ended = await torc("delete", "7", option)
    assert (ended.code, ended.out) == (2, "")
    ended.told(option)
    assert "--no-prompts" not in (await torc("jobs", "list", "7", option)).err


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["logs", "show", "train"], "torc jobs list"),
        (["jobs", "get", "train"], "torc jobs list"),
        (["delete", "sweep"], "torc workflows list"),
    ],
)
async def test_a_name_in_place_of_an_id_leads_to_the_ids(torc, words, command):
    ended = await torc(*words)
    assert (ended.code, ended.out) == (2, "")
    ended.told(words[0])
    assert f"`{command}`" in ended.err


async def test_other_unknown_options_have_no_such_hint(torc):
    (await torc("jobs", "list", "7", "--nonsense")).told("of a command")
    (await torc("--nonsense")).told("of torc")


async def test_a_message_of_the_server_becomes_a_sentence(torc, fake_server):
    fake_server.answer("get_job", Refusal(404, "There is no job 3"))
    (await torc("jobs", "get", "3")).told("without a full stop")
    fake_server.answer("get_job", Refusal(422, "This is over."))
    (await torc("jobs", "get", "3")).told("with a full stop")


async def test_who_is_not_let_in_is_named(torc, fake_server, monkeypatch):
    monkeypatch.setenv("TORC_USERNAME", "ada")
    fake_server.answer("get_job", Refusal(401, "Unauthorized"))
    ended = await torc("jobs", "get", "3")
    ended.told()
    assert "ada" in ended.err
    assert "TORC_PASSWORD" in ended.err


async def test_the_help_has_first_steps(torc):
    out = (await torc("--help")).out
    assert "torc -s run spec.yaml" in out
    assert "torc-server run" in out


def test_a_server_that_is_none_of_torc():
    error = api_error(404, b"")
    assert isinstance(error, NotFoundError)
    assert error.hint is not None
    assert "/torc-service/v1" in error.hint
    assert api_error(404, b'{"error": {"message": "There is no job 3"}}').hint is None
