"""Every command and option of Torc 1.0 is accepted by our parsers, or is a named exception with its reason."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from torc_client import cli
from torc_client.errors import TorcError
from torc_dash.cli import dash_command
from torc_server.cli import main as torc_server
from torc_server.cli.htpasswd import main as torc_htpasswd

PROGRAMS: dict[str, click.Command] = {
    "torc": cli.torc,
    "torc-server": torc_server,
    "torc-htpasswd": torc_htpasswd,
    "torc-dash": dash_command,
}
CHAT = "the dashboard has no chat"
EXCEPTIONS = {
    "torc-dash --torc-mcp-server-bin=m": CHAT,
    "torc-dash --openai-base-url=u": CHAT,
    "torc-dash --ollama-base-url=u": CHAT,
    "torc-dash --llm-provider=p": CHAT,
}


@dataclass(frozen=True)
class Line:
    """One line of commands_of_1_0.txt."""

    program: str
    command: tuple[str, ...]
    arguments: list[str]
    options: list[str]

    @property
    def name(self) -> str:
        return " ".join([self.program, *self.command])

    def calls(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the calls of the command: without options, and with each of them."""
        yield "", self.words(self.arguments)
        for option in self.options:
            yield option, [*self.words([option]), *self.words(self.arguments)]

    @staticmethod
    def words(parts: list[str]) -> list[str]:
        found = []
        for part in parts:
            name, has_value, value = part.partition("=")
            if not part.startswith("-") or not has_value:
                found.append(part)
                continue
            found += [name, value.removesuffix("*")] * (2 if value.endswith("*") else 1)
        return found


def lines() -> Iterator[Line]:
    for text in (Path(__file__).parent / "commands_of_1_0.txt").read_text().splitlines():
        if text and not text.startswith("#"):
            words, _, rest = text.partition(" :")
            arguments, _, options = rest.partition("|")
            program, *command = words.split()
            yield Line(program, tuple(command), shlex.split(arguments), options.split())


def parse(line: Line, words: list[str]) -> None:
    """Parse a call and run nothing. Raises ClickException, TorcError."""
    command: click.Command = PROGRAMS[line.program]
    context = click.Context(command, info_name=line.program)
    for name in line.command:
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"No such command {name!r}.")
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.make_context(line.name, list(words), parent=context.parent).close()


def refusals() -> dict[str, str]:
    """Return the refused calls, by command and option, with the messages."""
    refused = {}
    for line in lines():
        for option, words in line.calls():
            try:
                parse(line, words)
            except (click.ClickException, TorcError) as error:
                message = error.format_message() if isinstance(error, click.ClickException) else error.message
                refused[f"{line.name} {option}".strip()] = message
                if not option:
                    break
    return refused


def reason_for(call: str) -> str | None:
    return next((reason for known, reason in EXCEPTIONS.items() if f"{call} ".startswith(f"{known} ")), None)


def test_all_but_the_named_exceptions_are_accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    refused = refusals()
    assert {call: message for call, message in refused.items() if reason_for(call) is None} == {}
    stale = [known for known in EXCEPTIONS if not any(f"{call} ".startswith(f"{known} ") for call in refused)]
    assert stale == [], "these are accepted now: remove them from EXCEPTIONS"
