"""`torc self`: how to update Torc, which does not replace itself."""

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from urllib.parse import unquote, urlsplit

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.errors import TorcError

_DISTRIBUTIONS = ("torc-client", "torc-server", "torc-runner", "torc-dash")

self_group = LazyGroup(
    name="self",
    help="This installation of Torc.",
    lazy_commands={
        "update": LazyCommand("torc_client.cli.commands.self_update:update", "Print how to update this installation")
    },
)


@command("update", short_help="Print how to update this installation.")
@click.argument("target_version", required=False)
@click.option("--token", envvar="GITHUB_TOKEN", help="Accepted for older scripts; nothing is downloaded.")
def update(app: App, target_version: str | None, token: str | None) -> None:
    """Print the command that updates Torc, to TARGET_VERSION or to the newest version. It exits with 1.

    Torc is a set of Python packages. The program that installed them updates them, and torc does not call it. Update
    the server, the runners and the dashboard to the same version.
    """
    del app, token
    clones = [source for name in _installed() if (source := _local_source(name))]
    if clones:
        # On the package index, torc-client can be the client of another program.
        wanted = "the newest version" if target_version is None else f"version {target_version.removeprefix('v')}"
        raise TorcError(
            "Torc was installed from folders, and does not update itself.",
            f"Get {wanted} in {_shared_folder(clones)}, for example with `git pull`. Run `{_program()} install"
            f" --upgrade {shlex.join(clones)}` in the environment {sys.prefix}, and restart servers and runners.",
        )
    raise TorcError(
        "Torc is installed as Python packages, and does not update itself.",
        f"Run `{_command(target_version)}` in the environment {sys.prefix}, and restart servers and runners.",
    )


def _command(version: str | None) -> str:
    exact = "" if version is None else f"=={version.removeprefix('v')}"
    first, *others = (f"{name}{exact}" for name in _installed())
    folder = sys.prefix.replace("\\", "/")
    if "/pipx/venvs/" in folder:
        return f"pipx upgrade {first}" if version is None else f"pipx install --force {first}"
    if "/uv/tools/" in folder:
        return f"uv tool upgrade {first}" if version is None else f"uv tool install --force {first}"
    return f"{_program()} install --upgrade {' '.join((first, *others))}"


def _program() -> str:
    return "pip" if _has("pip") else "uv pip"


def _local_source(distribution: str) -> str | None:
    """Return the folder from which a distribution was installed, as PEP 610 records it, or None for an index."""
    recorded = metadata.distribution(distribution).read_text("direct_url.json")
    url = urlsplit(json.loads(recorded)["url"] if recorded else "")
    return unquote(url.path) if url.scheme == "file" else None


def _shared_folder(folders: Sequence[str]) -> str:
    return os.path.commonpath([*map(os.path.dirname, folders)])


def _installed() -> Iterator[str]:
    yield from (name for name in _DISTRIBUTIONS if _has(name))


def _has(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
