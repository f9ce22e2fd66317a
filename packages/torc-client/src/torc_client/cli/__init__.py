"""The `torc` command."""

import gc
import os
import sys
from collections.abc import Mapping
from typing import NoReturn

import click

from torc_client.cli import failures
from torc_client.cli.context import App
from torc_client.cli.lazy import LazyGroup, Place
from torc_client.config import FORMATS, LOG_LEVELS, load
from torc_client.version import __version__

_ROOM = "torc_client.cli"
COMMANDS = {
    "compute-nodes": Place(f"{_ROOM}.groups:compute_nodes", "Nodes that run jobs: list, get"),
    "files": Place(f"{_ROOM}.groups:files", "Files of a workflow: list, get"),
    "jobs": Place(f"{_ROOM}.groups:jobs", "Jobs of a workflow: create, list, get"),
    "ping": Place(f"{_ROOM}.ping:ping", "Ask whether the server is there"),
    "plot-resources": Place(f"{_ROOM}.plot_resources:plot_resources", "Draw what jobs and nodes used over time"),
    "resource-requirements": Place(f"{_ROOM}.groups:resource_requirements", "What jobs need: list, get"),
    "results": Place(f"{_ROOM}.groups:results", "How jobs ended: list, get"),
    "spec": Place(f"{_ROOM}.spec_commands:spec", "Check and convert spec files, print their schema"),
    "user-data": Place(f"{_ROOM}.groups:user_data", "Data of a workflow: list, get, update"),
    "workflows": Place(f"{_ROOM}.workflows:workflows", "Create, look at, start over, cancel and delete workflows"),
    "run": Place("torc_runner.cli:run_command", "Run a workflow on this machine", "torc-runner"),
    "dash": Place("torc_dash.cli:dash_command", "Look at workflows in a browser", "torc-dash"),
}


def _derived() -> Mapping[str, click.Command]:
    from torc_client.cli.derived_groups import derived_groups  # noqa: PLC0415 - known names need no document

    return derived_groups(spoken_for={name.replace("-", "_") for name in COMMANDS})


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    others=_derived,
    has_plugins=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="torc", message="%(prog)s %(version)s")
@click.option(
    "--url", metavar="URL", help="Server: http(s)://host:port/torc-service/v1 or unix:///path  [TORC_API_URL]"
)
@click.option("-f", "--format", help=f"How results are shown: {', '.join(FORMATS)}")
@click.option("--password", help="Password; better set TORC_PASSWORD, since others see command lines")
@click.option("--prompt-password", is_flag=True, help="Ask for the password")
@click.option("--tls-ca-cert", metavar="FILE", help="Certificate of one more authority to trust  [TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate: only for a test  [TORC_TLS_INSECURE]")
@click.option("--log-level", help=f"What is told on stderr: {', '.join(LOG_LEVELS)}  [RUST_LOG]")
@click.option("--skip-version-check", is_flag=True, help="Do not compare versions with the server")
@click.pass_context
def torc(  # noqa: PLR0917 - click calls it by keyword
    context: click.Context,
    url: str | None,
    format: str | None,
    password: str | None,
    prompt_password: bool,
    tls_ca_cert: str | None,
    tls_insecure: bool,
    log_level: str | None,
    skip_version_check: bool,
) -> None:
    """Define, start and follow workflows of a Torc server.

    Settings come from these options, the environment, ./torc.toml, ~/.config/torc/config.toml and
    /etc/torc/config.toml, the first that has one. The user name is your login, or TORC_USERNAME.
    """
    settings = load({"api_url": url, "format": format, "log_level": log_level})
    _log_to_stderr(settings["log_level"].value)
    # Where the library looks, here and in programs that are started from here.
    if tls_ca_cert is not None:
        os.environ["TORC_TLS_CA_CERT"] = tls_ca_cert
    if tls_insecure:
        os.environ["TORC_TLS_INSECURE"] = "true"
    if prompt_password:
        from torc_client.cli.output import ask  # noqa: PLC0415 - help needs no rich

        password = ask.password("Password")
    context.obj = App(settings, password, skip_version_check)


def _log_to_stderr(level: str) -> None:
    import logging  # noqa: PLC0415 - help needs no log

    names = {"warn": "WARNING", "trace": "DEBUG"}
    logging.basicConfig(level=names.get(level, level.upper()), format="%(levelname)s %(name)s: %(message)s")


def main() -> NoReturn:
    """Run `torc` and end the process."""
    # What is imported stays: looking for what of it could be thrown away takes a tenth of the start.
    gc.disable()
    try:
        _run()
    finally:
        gc.enable()


def _run() -> NoReturn:
    context: click.Context | None = None
    try:
        context = torc.make_context("torc", sys.argv[1:])
        with context:
            torc.invoke(context)
    except click.exceptions.Exit as leaving:
        failures.end(None, exit_code=leaving.exit_code)
    except BaseException as error:  # noqa: BLE001 - `end` raises what it does not know
        app = context.obj if context is not None else None
        failures.end(error, format=app.format if isinstance(app, App) else "table")
    failures.end(None)
