"""Help: every command has a sentence, every example is valid, every option has a description."""

import shlex
from collections.abc import Iterator

import click
import pytest

from torc_client.cli import torc as torc_command
from torc_client.cli.framework.examples import EXAMPLES
from torc_client.cli.framework.not_installed import missing_command


def commands(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{context.command_path} {name}"
            yield from commands(below, click.Context(below, parent=context, info_name=name))


def every_command() -> list[click.Context]:
    return list(commands(torc_command, click.Context(torc_command, info_name="torc", **torc_command.context_settings)))


@pytest.mark.parametrize("context", every_command(), ids=lambda context: context.command_path)
def test_each_command_and_option_has_help(context):
    absent = missing_command(context.info_name or "", "x").help
    assert context.command.help or context.command.help == absent
    for option in context.command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{context.command_path} {option.opts}"


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_examples_are_understood(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commands.txt").write_text("true\n")
    words = shlex.split(line.partition(" > ")[0])[1:]
    command: click.Command = torc_command
    context = None
    while isinstance(command, click.Group):
        context = command.make_context("torc", words, parent=context)
        name, found, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None, name
        command = found
    with command.make_context(command.name, words, parent=context) as last:
        assert last.command is command


@pytest.mark.parametrize("group", EXAMPLES)
async def test_examples_end_the_help(torc, group):
    out = (await torc(group, "--help")).out
    assert f"  Examples:\n    {EXAMPLES[group][0]}\n" in out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["jbos"], "jobs"),
        (["workflow"], "workflows"),
        (["jobs", "lst"], "list"),
        (["user-data", "fetch"], None),
        (["tasks", "wiat"], "wait"),
        (["hpc", "macth"], "match"),
    ],
)
async def test_unknown_commands_suggest_what_looks_like_them(torc, words, meant):
    ended = await torc(*words)
    assert (ended.code, ended.out) == (2, "")
    ended.told(words[-1])
    assert meant is None or meant in ended.err


async def test_unknown_options_suggest_too(torc):
    ended = await torc("jobs", "list", "7", "--statsu", "failed")
    assert ended.code == 2
    assert "--status" in ended.err
