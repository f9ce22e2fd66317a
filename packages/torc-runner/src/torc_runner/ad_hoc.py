"""Makes a spec from the commands of `torc exec`. Pure, except that it reads a file of commands."""

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.errors import TorcError
from torc_client.spec.targets import SPEC_SUFFIXES


@dataclass(frozen=True, slots=True)
class AdHocOptions:
    """The options of `torc exec` besides those of a runner."""

    commands: Sequence[str] = ()
    words: Sequence[str] = ()
    """A command as words, the arguments after `--`."""
    commands_file: str | None = None
    parameters: Sequence[str] = ()
    """Each is NAME=VALUES."""
    link: str = "product"
    name: str | None = None
    description: str | None = None
    stdio: str | None = None
    monitor: str | None = None
    monitor_compute_node: str | None = None
    generate_plots: bool = False
    sample_interval_seconds: int | None = None


def specification(wanted: AdHocOptions, *, stamp: str, labels: Sequence[str] = ()) -> dict[str, Any]:
    """Return the spec of these commands: job1, job2, ... `stamp` is part of its name if no name was given.

    The jobs have the labels of their runner. Raises TorcError if there is no command, or a parameter is invalid.
    """
    commands = [*wanted.commands, *_lines_of(wanted.commands_file), *_command_of(wanted.words)]
    if not commands:
        raise TorcError("There is no command to run.", "Write one after --, with -c, or several in a file with -C.")
    labelled = {"labels": [*labels]} if labels else {}
    filled = enumerate(_filled(commands, wanted), 1)
    jobs = [{"name": f"job{number}", "command": command, **labelled} for number, command in filled]
    document: dict[str, Any] = {"name": wanted.name or f"exec_{stamp}"}
    if wanted.description is not None:
        document["description"] = wanted.description
    if wanted.stdio is not None:
        document["execution_config"] = {"stdio": {"mode": wanted.stdio.replace("-", "_")}}
    document |= _measuring(wanted)
    return {**document, "jobs": jobs}


def _lines_of(file: str | None) -> list[str]:
    """Return the commands in a file: one a line. Blank lines and lines that begin with # are ignored."""
    if file is None:
        return []
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TorcError(f"{file} cannot be read: {error}.", "Name a text file with a command in each line.") from error
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def is_spec_file(words: Sequence[str]) -> bool:
    """Whether these words are the name of a spec file."""
    return len(words) == 1 and Path(words[0]).suffix.lower() in SPEC_SUFFIXES


def _command_of(words: Sequence[str]) -> Iterable[str]:
    if is_spec_file(words):
        raise TorcError(f"{words[0]} is a spec file; torc exec takes commands.", f"Run it with `torc run {words[0]}`.")
    return [shlex.join(words)] if words else []


def _filled(commands: Sequence[str], wanted: AdHocOptions) -> list[str]:
    """Return every command with every combination of the parameters' values."""
    from torc_client.spec.parameters import (  # noqa: PLC0415 - help needs no spec language
        ParameterError,
        combine,
        count_instances,
        fill,
    )

    if not wanted.parameters:
        return list(commands)
    try:
        values = {name: _values(text) for name, text in map(_named, wanted.parameters)}
        count_instances(values, wanted.link)
        instances = list(combine(values, wanted.link))
    except ParameterError as error:
        raise TorcError(
            f"--param: {error}.", "Write it as in specs: --param i=1:10, --param 'lr=[0.1, 0.01]'."
        ) from error
    return [fill(command, instance) for command in commands for instance in instances]


def _values(text: str) -> list[Any]:
    from torc_client.spec.parameters import parse_values  # noqa: PLC0415 - as above

    return parse_values(text)


def _named(parameter: str) -> tuple[str, str]:
    name, found, text = parameter.partition("=")
    if not found or not name.isidentifier():
        raise TorcError(f"--param {parameter} has no name.", "Write --param NAME=VALUES, such as --param i=1:10.")
    return name, text


def _measuring(wanted: AdHocOptions) -> Mapping[str, Any]:
    config: dict[str, Any] = {}
    if wanted.generate_plots and "time-series" not in {wanted.monitor, wanted.monitor_compute_node}:
        raise TorcError(
            "--generate-plots needs samples over time, and none are taken.",
            "Add --monitor time-series or --monitor-compute-node time-series.",
        )
    if wanted.monitor is not None:
        config["jobs"] = _part(wanted.monitor)
    if wanted.monitor_compute_node is not None:
        config["compute_node"] = _part(wanted.monitor_compute_node)
    if wanted.generate_plots:
        config["generate_plots"] = True
    if wanted.sample_interval_seconds is not None:
        config["sample_interval_seconds"] = wanted.sample_interval_seconds
    if wanted.monitor == "off" and wanted.monitor_compute_node in {None, "off"}:
        return {"resource_monitor": {"enabled": False}}
    return {"resource_monitor": {"enabled": True, **config}} if config else {}


def _part(choice: str) -> dict[str, Any]:
    return {"enabled": False} if choice == "off" else {"enabled": True, "granularity": choice.replace("-", "_")}
