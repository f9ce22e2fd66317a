"""Completion scripts of shells, and the completions that they get."""

import asyncio
import subprocess
import sys

import pytest

from support import needs
from torc_client.cli.commands.completions.shells import SHELLS, script

PROGRAM = [sys.executable, "-c", "from torc_client.cli import main; main()"]


def answered(**environment: str) -> list[str]:
    done = subprocess.run(PROGRAM, env={"PATH": "/usr/bin", **environment}, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
async def test_every_shell_has_a_script_that_asks_torc(torc, shell):
    ended = await torc("completions", shell)
    assert (ended.code, ended.err) == (0, "")
    assert "_TORC_COMPLETE" in ended.out
    assert f"{shell}_complete" in ended.out
    # A script is the same in every format.
    assert (await torc("-f", "json", "completions", shell)).out == ended.out


async def test_an_unknown_shell(torc):
    ended = await torc("completions", "tcsh")
    assert ended.code == 2
    ended.told()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_accepts_its_script(shell, tmp_path):
    path = tmp_path / "script"
    path.write_text(script(shell))
    assert subprocess.run([needs.program(shell), "-n", path], capture_output=True, text=True, check=False).stderr == ""


def test_bash_completes_commands_and_options():
    told = answered(_TORC_COMPLETE="bash_complete", COMP_WORDS="torc jobs re", COMP_CWORD="2")
    assert told == ["plain,reset-status"]
    told = answered(_TORC_COMPLETE="bash_complete", COMP_WORDS="torc jobs list --up", COMP_CWORD="3")
    assert told == ["plain,--upstream-job-id"]


@pytest.mark.parametrize("shell", ["elvish", "powershell"])
def test_shells_that_give_the_whole_line(shell):
    told = answered(_TORC_COMPLETE=f"{shell}_complete", COMP_LINE="torc user-data li")
    assert [line.split("\t")[0] for line in told] == ["list", "list-missing"]
    told = answered(_TORC_COMPLETE=f"{shell}_complete", COMP_LINE="torc tasks ")
    assert [line.split("\t")[0] for line in told] == ["get", "wait"]


def test_values_of_options_are_completed():
    told = answered(_TORC_COMPLETE="bash_complete", COMP_WORDS="torc jobs list --status unin", COMP_CWORD="4")
    assert told == ["plain,uninitialized"]


async def test_workflows_are_offered_by_their_ids_and_names(fake_server, make):
    found = make.workflows(make.workflow(17), make.workflow(12, name="old one"), make.workflow(3))
    fake_server.answer("list_workflows", found)
    typed = {"COMP_LINE": "torc jobs list 1", "TORC_API_URL": fake_server.url, "TORC_USERNAME": "ada"}
    told = await asyncio.to_thread(answered, _TORC_COMPLETE="elvish_complete", **typed)
    assert told == ["17\tsweep", "12\told one"]


def test_without_a_server_there_are_no_completions_and_no_message(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}/torc-service/v1"
    done = subprocess.run(
        PROGRAM, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin", "_TORC_COMPLETE": "elvish_complete", "COMP_LINE": "torc jobs list ",
             "TORC_API_URL": url},
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("command", ["create", "spec check", "workflows execution-plan"])
def test_files_are_completed_by_the_shell_where_a_spec_is_meant(command):
    words = f"torc {command} sp"
    told = answered(_TORC_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
    assert told == ["file,sp"]


def test_formats_are_completed():
    assert answered(_TORC_COMPLETE="bash_complete", COMP_WORDS="torc -f j", COMP_CWORD="2") == ["plain,json"]
