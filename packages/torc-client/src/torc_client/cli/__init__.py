"""The `torc` command."""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from torc_client import startup
from torc_client.cli.framework import failures
from torc_client.cli.framework import standalone as standalone_server
from torc_client.cli.framework.context import App
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.config import DECLARATIONS, FORMATS, LOG_LEVELS, ConfigError, Setting, load
from torc_client.version import __version__

_ROOM = "torc_client.cli.commands"
COMMANDS = {
    "access-groups": LazyCommand(
        f"{_ROOM}.access_groups:access_groups", "Groups of users, and the workflows they share"
    ),
    "admin": LazyCommand(f"{_ROOM}.admin:admin", "What administrators of a server do"),
    "cancel": LazyCommand(f"{_ROOM}.workflows.cancel:cancel", "Stop a workflow: nothing more is started"),
    "completions": LazyCommand(f"{_ROOM}.completions:completions", "Print what makes your shell complete torc's words"),
    "compute-nodes": LazyCommand(f"{_ROOM}.groups:compute_nodes", "Nodes that run jobs"),
    "config": LazyCommand(f"{_ROOM}.config:config", "Show, check and begin files of settings"),
    "create": LazyCommand(f"{_ROOM}.workflows.create:create", "Create a workflow from a spec file"),
    "delete": LazyCommand(f"{_ROOM}.workflows.delete:delete", "Delete workflows and all that is theirs"),
    "events": LazyCommand(f"{_ROOM}.groups:events", "What people did to a workflow, and its news as they come"),
    "failure-handlers": LazyCommand(f"{_ROOM}.groups:failure_handlers", "Rules that retry failed jobs"),
    "files": LazyCommand(f"{_ROOM}.groups:files", "Files that jobs read and write"),
    "hpc": LazyCommand(f"{_ROOM}.hpc:hpc", "Clusters that are known, and which partition suits a job"),
    "init": LazyCommand(
        f"{_ROOM}.workflows.initialize:initialize_command", "Make a workflow ready to run from its beginning"
    ),
    "job-dependencies": LazyCommand(f"{_ROOM}.groups:job_dependencies", "Which jobs wait for what"),
    "jobs": LazyCommand(f"{_ROOM}.groups:jobs", "Create, look at, change and delete jobs"),
    "local-schedulers": LazyCommand(f"{_ROOM}.groups:local_schedulers", "Settings of runners on one machine"),
    "logs": LazyCommand(f"{_ROOM}.logs:logs", "What jobs and runners wrote"),
    "ping": LazyCommand(f"{_ROOM}.ping:ping", "Ask whether the server is there"),
    "plot-resources": LazyCommand(f"{_ROOM}.plot_resources:plot_resources", "Draw what jobs and nodes used over time"),
    "resource-requirements": LazyCommand(f"{_ROOM}.groups:resource_requirements", "What jobs need of a node"),
    "results": LazyCommand(f"{_ROOM}.groups:results", "How jobs ended"),
    "remote": LazyCommand(f"{_ROOM}.groups:remote", "Which remote machines work for a workflow"),
    "recover": LazyCommand(
        f"{_ROOM}.recover:recover", "Give jobs that failed what they lacked, and let them run again"
    ),
    "reinit": LazyCommand(
        f"{_ROOM}.workflows.reinitialize:reinitialize_command", "Run again what changed, and say why"
    ),
    "reports": LazyCommand(f"{_ROOM}.reports:reports", "What became of a workflow, and what its jobs used"),
    "ro-crate": LazyCommand(f"{_ROOM}.groups:ro_crate", "What a workflow says of its data, as an RO-Crate"),
    "scheduled-compute-nodes": LazyCommand(
        f"{_ROOM}.groups:scheduled_compute_nodes", "Allocations that were asked for"
    ),
    "slurm": LazyCommand(f"{_ROOM}.groups:slurm", "How a workflow asks Slurm for nodes, and what Slurm counted"),
    "status": LazyCommand(f"{_ROOM}.workflows.status:status", "Show how far a workflow is"),
    "submit": LazyCommand(f"{_ROOM}.workflows.submit:submit", "Check whether a workflow could be given to Slurm"),
    "tasks": LazyCommand(f"{_ROOM}.groups:tasks", "What the server does in the background"),
    "spec": LazyCommand(f"{_ROOM}.spec:spec", "Check and convert spec files, print their schema"),
    "user-data": LazyCommand(f"{_ROOM}.groups:user_data", "Data that jobs pass on"),
    "watch": LazyCommand(f"{_ROOM}.watch:watch", "Wait for a workflow, and recover it where that is wished"),
    "workflows": LazyCommand(
        f"{_ROOM}.workflows:workflows", "Create, look at, start over, cancel and delete workflows"
    ),
    "run": LazyCommand("torc_runner.cli:run_command", "Run a workflow on this machine", "torc-runner"),
    "exec": LazyCommand("torc_runner.cli:exec_command", "Run commands that stand in no spec", "torc-runner"),
    "dash": LazyCommand("torc_dash.cli:dash_command", "Look at workflows in a browser", "torc-dash"),
}

SECTIONS = {
    "Running": ("create", "init", "run", "exec", "submit", "status", "watch", "recover", "reinit", "cancel", "delete"),
    "Workflows and specs": ("workflows", "spec"),
    "What belongs to a workflow": (
        "jobs", "job-dependencies", "files", "user-data", "resource-requirements", "failure-handlers", "events",
        "ro-crate", "access-groups",
    ),
    "What became of it": ("results", "logs", "reports", "plot-resources"),
    "Machines": ("compute-nodes", "scheduled-compute-nodes", "slurm", "local-schedulers", "hpc", "remote"),
    "Programs and settings": ("dash", "config", "completions", "ping", "tasks", "admin"),
}  # fmt: skip
_FIRST_STEPS = """\b
First steps:
  torc spec check spec.yaml    Find all mistakes of a spec
  torc -s run spec.yaml        Run it here, with a server for it alone
  torc -s results list 1       See how its jobs ended
  torc -s logs show 1          See what a job printed
Without -s, and for more than one machine, start a server that stays: torc-server run
"""


def _derived() -> Mapping[str, click.Command]:
    from torc_client.cli.framework import vocabulary
    from torc_client.cli.framework.resource_groups import derived_groups

    return derived_groups({*(name.replace("-", "_") for name in COMMANDS), *vocabulary.TAGS})


@click.group(
    cls=LazyGroup,
    lazy_commands=COMMANDS,
    fallback=_derived,
    has_plugins=True,
    sections=SECTIONS,
    epilog=_FIRST_STEPS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="torc", message="%(prog)s %(version)s")
@click.option(
    "--url", metavar="URL", help="Server: http(s)://host:port/torc-service/v1 or unix:///path  [TORC_API_URL]"
)
@click.option(
    "-f",
    "--format",
    shell_complete=lambda _context, _option, begun: [each for each in FORMATS if each.startswith(begun)],
    help=f"How results are shown: {', '.join(FORMATS)}",
)
@click.option("--password", help="Password; better set TORC_PASSWORD, since others see command lines")
@click.option("--prompt-password", is_flag=True, help="Ask for the password")
@click.option("--tls-ca-cert", metavar="FILE", help="Certificate of one more authority to trust  [TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate: only for a test  [TORC_TLS_INSECURE]")
@click.option(
    "--cookie-header", metavar="COOKIE", help="Cookies that a proxy before the server wants  [TORC_COOKIE_HEADER]"
)
@click.option("-s", "--standalone", is_flag=True, help="Start a server for this command, and stop it afterwards")
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Database of that server  [default: {standalone_server.DEFAULT_DATABASE}]",
)
@click.option("--in-memory", is_flag=True, help="Hold that database in memory, and write it at the end (run, exec)")
@click.option(
    "--snapshot-interval-seconds",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="Write that database so often meanwhile, too",
)
@click.option("--torc-server-bin", metavar="FILE", help="Program of that server  [TORC_SERVER_BIN]")
@click.option("--log-level", help=f"What is told on stderr: {', '.join(LOG_LEVELS)}  [RUST_LOG]")
@click.option("--skip-version-check", is_flag=True, help="Do not compare versions with the server")
@click.option("--debug", is_flag=True, help="Show where in the program an error arose")
@click.pass_context
def torc(  # noqa: PLR0917 - click calls it by keyword
    context: click.Context,
    url: str | None,
    format: str | None,
    password: str | None,
    prompt_password: bool,
    tls_ca_cert: str | None,
    tls_insecure: bool,
    cookie_header: str | None,
    standalone: bool,
    database: Path | None,
    in_memory: bool,
    snapshot_interval_seconds: int | None,
    torc_server_bin: str | None,
    log_level: str | None,
    skip_version_check: bool,
    debug: bool,
) -> None:
    """Define, start and follow workflows of a Torc server.

    Settings come from these options, the environment, ./torc.toml, ~/.config/torc/config.toml and
    /etc/torc/config.toml, the first that has one. The user name is your login, or TORC_USERNAME.
    """
    flags = {"api_url": url, "format": format, "log_level": log_level}
    settings = _settings(context, {**flags, "tls.ca_cert": tls_ca_cert, "tls.insecure": tls_insecure or None})
    _log_to_stderr(settings["log_level"].value)
    _export(settings)
    of_run = _below("run", settings)
    context.default_map = {"run": of_run, "watch": _below("watch", settings), "workflows": {"run": of_run}}
    if cookie_header is not None:
        os.environ["TORC_COOKIE_HEADER"] = cookie_header
    if prompt_password:
        from torc_client.cli.framework.output import ask

        password = ask.password("Password")
    own = standalone_server.wanted(
        is_wanted=standalone,
        url=url,
        database=database,
        in_memory=in_memory,
        snapshot_interval_seconds=snapshot_interval_seconds,
        program=torc_server_bin,
        command=context.invoked_subcommand or "",
    )
    context.obj = App(settings, password, skip_version_check, debug, own)


# How commands call what files of settings call otherwise.
_PARAMETERS = {"run.poll_interval": "poll_interval_seconds"}


def _below(table: str, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Return what is set below a table, as defaults of a command's options."""
    return {
        _PARAMETERS.get(key, key.removeprefix(f"{table}.")): setting.value
        for key, setting in settings.items()
        if key.startswith(f"{table}.") and setting.value is not None
    }


def _export(settings: Mapping[str, Setting]) -> None:
    """Put what the library reads from variables there: for itself, and for programs that are started from here."""
    for declared in DECLARATIONS:
        value = settings[declared.key].value
        if declared.key.startswith(("username", "tls.")) and value is not None:
            os.environ[declared.variables[0]] = str(value).lower() if isinstance(value, bool) else str(value)


def _settings(context: click.Context, flags: Mapping[str, Any]) -> dict[str, Setting]:
    """Find the settings. Who is about to look at files of settings is not stopped by a mistake in them."""
    try:
        return load(flags)
    except ConfigError:
        if context.invoked_subcommand != "config":
            raise
        return load(flags, {}, [Path(os.devnull)])


def _log_to_stderr(level: str) -> None:
    import logging

    names = {"warn": "WARNING", "trace": "DEBUG"}
    logging.basicConfig(level=names.get(level, level.upper()), format="%(levelname)s %(name)s: %(message)s")


def main() -> NoReturn:
    """Run `torc` and end the process."""
    startup.is_own_cli = True
    # What is imported stays: looking for what of it could be thrown away takes a tenth of the start.
    gc.disable()
    try:
        _run()
    finally:
        gc.enable()


def _run() -> NoReturn:
    context: click.Context | None = None
    if "_TORC_COMPLETE" in os.environ:
        from torc_client.cli.commands.completions.shells import answer

        failures.exit_with(None, exit_code=answer(torc, os.environ["_TORC_COMPLETE"]))
    try:
        context = torc.make_context("torc", sys.argv[1:])
        with context:
            torc.invoke(context)
    except click.exceptions.Exit as leaving:
        failures.exit_with(None, exit_code=leaving.exit_code)
    except BaseException as error:  # noqa: BLE001 - `end` raises what it does not know
        app = context.obj if context is not None else None
        if isinstance(app, App):
            failures.exit_with(error, format=app.format, debug=app.debug)
        failures.exit_with(error)
    failures.exit_with(None)
