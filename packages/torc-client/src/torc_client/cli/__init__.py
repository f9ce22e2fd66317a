"""The `torc` command."""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from torc_client import startup, suggested_commands
from torc_client.cli.framework import failures
from torc_client.cli.framework import standalone as standalone_server
from torc_client.cli.framework.context import App
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.config import DECLARATIONS, FORMATS, LOG_LEVELS, Setting, load
from torc_client.edge.standard_streams import streams
from torc_client.log_format import LogFormatter
from torc_client.option_types import UserPath
from torc_client.settings_files import ConfigError
from torc_client.version import __version__

_COMMANDS = "torc_client.cli.commands"
COMMANDS = {
    "access-groups": LazyCommand(
        f"{_COMMANDS}.access_groups:access_groups", "Manage groups of users that share workflows"
    ),
    "admin": LazyCommand(f"{_COMMANDS}.admin:admin", "Administer a server"),
    "cancel": LazyCommand(
        f"{_COMMANDS}.workflows.cancel:cancel", "Cancel a workflow: its jobs stop, and no more start"
    ),
    "completions": LazyCommand(f"{_COMMANDS}.completions:completions", "Print a shell completion script"),
    "compute-nodes": LazyCommand(f"{_COMMANDS}.groups:compute_nodes", "List compute nodes"),
    "config": LazyCommand(f"{_COMMANDS}.config:config", "Show, check and create settings files"),
    "create": LazyCommand(f"{_COMMANDS}.workflows.create:create", "Create a workflow from a spec file"),
    "delete": LazyCommand(f"{_COMMANDS}.workflows.delete:delete", "Delete workflows and everything in them"),
    "events": LazyCommand(f"{_COMMANDS}.groups:events", "List and follow the events of a workflow"),
    "failure-handlers": LazyCommand(f"{_COMMANDS}.groups:failure_handlers", "Manage rules that retry failed jobs"),
    "files": LazyCommand(f"{_COMMANDS}.groups:files", "Manage files that jobs read and write"),
    "hpc": LazyCommand(f"{_COMMANDS}.hpc:hpc", "Show known clusters and find a partition for a job"),
    "init": LazyCommand(
        f"{_COMMANDS}.workflows.initialize:initialize_command", "Initialize a workflow: make it ready to run"
    ),
    "job-dependencies": LazyCommand(
        f"{_COMMANDS}.groups:job_dependencies", "List dependencies between jobs, files and user data"
    ),
    "jobs": LazyCommand(f"{_COMMANDS}.groups:jobs", "Create, list, change and delete jobs"),
    "local-schedulers": LazyCommand(f"{_COMMANDS}.groups:local_schedulers", "Manage schedulers of single machines"),
    "logs": LazyCommand(f"{_COMMANDS}.logs:logs", "Show, follow and analyze logs of jobs and runners"),
    "ping": LazyCommand(f"{_COMMANDS}.ping:ping", "Check that the server answers"),
    "plot-resources": LazyCommand(
        f"{_COMMANDS}.plot_resources:plot_resources", "Plot the resources that jobs and nodes used over time"
    ),
    "resource-requirements": LazyCommand(
        f"{_COMMANDS}.groups:resource_requirements", "Manage what jobs need: CPUs, memory, GPUs, runtime"
    ),
    "results": LazyCommand(f"{_COMMANDS}.groups:results", "List and delete results of jobs"),
    "remote": LazyCommand(f"{_COMMANDS}.groups:remote", "Manage remote machines that run a workflow"),
    "remote-agent": LazyCommand(
        f"{_COMMANDS}.remote_agent:remote_agent", "Serve `torc remote` of another machine", hidden=True
    ),
    "recover": LazyCommand(f"{_COMMANDS}.recover:recover", "Raise memory or time limits of failed jobs and retry them"),
    "reinit": LazyCommand(
        f"{_COMMANDS}.workflows.reinitialize:reinitialize_command", "Make jobs ready again whose inputs changed"
    ),
    "reports": LazyCommand(f"{_COMMANDS}.reports:reports", "Report results and resource use of a workflow"),
    "ro-crate": LazyCommand(f"{_COMMANDS}.groups:ro_crate", "Describe the data of a workflow as an RO-Crate"),
    "scheduled-compute-nodes": LazyCommand(
        f"{_COMMANDS}.groups:scheduled_compute_nodes", "List allocations that were requested from a scheduler"
    ),
    "slurm": LazyCommand(f"{_COMMANDS}.groups:slurm", "Manage Slurm schedulers; show Slurm's accounting"),
    "self": LazyCommand(f"{_COMMANDS}.self_update:self_group", "Print how to update this installation"),
    "skills": LazyCommand(f"{_COMMANDS}.skills:skills", "Install the skill with which assistants use Torc"),
    "status": LazyCommand(f"{_COMMANDS}.workflows.status:status", "Show the progress of a workflow"),
    "submit": LazyCommand(f"{_COMMANDS}.workflows.submit:submit", "Submit a workflow to Slurm"),
    "tasks": LazyCommand(f"{_COMMANDS}.groups:tasks", "Show and wait for background tasks of the server"),
    "spec": LazyCommand(f"{_COMMANDS}.spec:spec", "Check and convert spec files; print their JSON Schema"),
    "tui": LazyCommand(f"{_COMMANDS}.tui:tui_command", "Open the terminal interface"),
    "user-data": LazyCommand(f"{_COMMANDS}.groups:user_data", "Manage data that jobs pass to each other"),
    "watch": LazyCommand(f"{_COMMANDS}.watch:watch", "Wait for a workflow, and recover it on request"),
    "workflows": LazyCommand(f"{_COMMANDS}.workflows:workflows", "Create, list, reset, cancel and delete workflows"),
    "run": LazyCommand("torc_runner.cli:run_command", "Run a workflow on this machine", "torc-runner"),
    "exec": LazyCommand("torc_runner.cli:exec_command", "Run commands without a spec file", "torc-runner"),
    "monitor-node": LazyCommand(
        "torc_runner.cli:monitor_node_command", "Record CPU and memory of this machine", "torc-runner"
    ),
    "dash": LazyCommand("torc_dash.cli:dash_command", "Open the dashboard in a browser", "torc-dash"),
}

SECTIONS = {
    "Running": ("create", "init", "run", "exec", "submit", "status", "watch", "recover", "reinit", "cancel", "delete"),
    "Workflows and specs": ("workflows", "spec"),
    "Parts of a workflow": (
        "jobs", "job-dependencies", "files", "user-data", "resource-requirements", "failure-handlers", "events",
        "ro-crate", "access-groups",
    ),
    "Results and logs": ("results", "logs", "reports", "plot-resources"),
    "Machines": ("compute-nodes", "scheduled-compute-nodes", "submissions", "slurm", "local-schedulers", "hpc",
                 "remote", "monitor-node"),
    "Programs and settings": ("tui", "dash", "config", "completions", "ping", "tasks", "admin", "self",
                              "skills"),
}  # fmt: skip
_FIRST_STEPS = """\b
First steps:
  torc spec check spec.yaml    Check a spec file
  torc -s run spec.yaml        Run it here, with a temporary server
  torc -s results list 1       List the results of its jobs
  torc -s logs show 1          Show the output of a job
To use several machines, start a server: torc-server run. Then leave out -s.
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
    help=f"Output format: {', '.join(FORMATS)}.",
)
@click.option("--password", help="Password. Other users can see command lines: prefer TORC_PASSWORD.")
@click.option("--prompt-password", is_flag=True, help="Ask for the password.")
@click.option("--tls-ca-cert", metavar="FILE", help="Trust this certificate authority too.  [TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate, for tests only.  [TORC_TLS_INSECURE]")
@click.option(
    "--cookie-header", metavar="COOKIE", help="Cookies for a proxy in front of the server.  [TORC_COOKIE_HEADER]"
)
@click.option("-s", "--standalone", is_flag=True, help="Start a server for this command and stop it at the end.")
@click.option(
    "--db",
    "database",
    metavar="FILE",
    type=UserPath(dir_okay=False, path_type=Path),
    help=f"Database of that server.  [default: {standalone_server.DEFAULT_DATABASE}]",
)
@click.option(
    "--in-memory",
    is_flag=True,
    help="Keep the database in memory and save it at the end, by default in the output folder (run, exec).",
)
@click.option(
    "--snapshot-interval-seconds",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="With --in-memory, also save the database every SECONDS.",
)
@click.option("--torc-server-bin", metavar="FILE", help="Path of the torc-server program.  [TORC_SERVER_BIN]")
@click.option("--log-level", help=f"Log level on stderr: {', '.join(LOG_LEVELS)}.  [RUST_LOG]")
@click.option("--skip-version-check", is_flag=True, help="Do not compare the version with the server's.")
@click.option("--debug", is_flag=True, help="Show the Python traceback of an error.")
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
    """Create, run and monitor workflows on a Torc server.

    A setting is taken from the first of these that has it: the options, the environment, ./torc.toml,
    ~/.config/torc/config.toml, /etc/torc/config.toml. The user name is TORC_USERNAME, else USER, else
    your login.
    """
    flags = {"api_url": url, "format": format, "log_level": log_level}
    settings = _settings(context, {**flags, "tls.ca_cert": tls_ca_cert, "tls.insecure": tls_insecure or None})
    _log_to_stderr(settings["log_level"].value)
    _export(settings, cookie_header)
    of_run = _below("run", settings)
    context.default_map = {"run": of_run, "watch": _below("watch", settings), "workflows": {"run": of_run}}
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
    suggested_commands.use_options(_reaching_options(context))


def _reaching_options(context: click.Context) -> list[str]:
    """Return the options of this command line with which another command reaches the same server, without secrets."""
    words = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if parameter.name in _REACHING and value not in {None, False}:
            words += [parameter.opts[0]] if value is True else [parameter.opts[0], str(value)]
    return words


_REACHING = {
    "url", "prompt_password", "tls_ca_cert", "tls_insecure", "standalone", "database", "torc_server_bin",
    "skip_version_check",
}  # fmt: skip


# Parameters of commands whose names differ from those of the settings.
_PARAMETERS = {"run.poll_interval": "poll_interval_seconds"}
# Settings of options that can be repeated.
_REPEATED = {"run.labels"}


def _below(table: str, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Return the settings of one table of the settings files, as defaults for the options of a command."""
    return {
        _PARAMETERS.get(key, key.removeprefix(f"{table}.")): [setting.value] if key in _REPEATED else setting.value
        for key, setting in settings.items()
        if key.startswith(f"{table}.") and setting.value is not None
    }


def _export(settings: Mapping[str, Setting], cookie_header: str | None) -> None:
    """Set the environment variables that the library and child processes read."""
    for declared in DECLARATIONS:
        value = settings[declared.key].value
        if declared.key.startswith(("username", "tls.")) and value is not None:
            os.environ[declared.variables[0]] = str(value).lower() if isinstance(value, bool) else str(value)
    if cookie_header is not None:
        os.environ["TORC_COOKIE_HEADER"] = cookie_header


def _settings(context: click.Context, flags: Mapping[str, Any]) -> dict[str, Setting]:
    """Return the settings. `torc config` works with broken settings files too."""
    try:
        return load(flags)
    except ConfigError:
        if context.invoked_subcommand != "config":
            raise
        return load(flags, {}, [Path(os.devnull)])


def _log_to_stderr(level: str) -> None:
    import logging

    names = {"warn": "WARNING", "trace": "DEBUG"}
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=names.get(level, level.upper()), handlers=[handler])


def main() -> NoReturn:
    """Run `torc` and end the process."""
    startup.is_own_cli = True
    streams.guard()
    # Imported modules are never garbage. Collecting during the start would take a tenth of its time.
    gc.disable()
    try:
        _run()
    finally:
        gc.enable()


def _name_ignored_options(context: click.Context) -> None:
    """Print on stderr that --standalone started no server, because the command needs none."""
    if isinstance(context.obj, App) and context.obj.ignores_standalone:
        from torc_client.cli.framework.output.show import say

        say("--standalone has no effect: the command used no server here.")


def _run() -> NoReturn:
    context: click.Context | None = None
    if "_TORC_COMPLETE" in os.environ:
        from torc_client.cli.commands.completions.shells import answer

        failures.exit_with(None, exit_code=answer(torc, os.environ["_TORC_COMPLETE"]))
    try:
        context = torc.make_context("torc", sys.argv[1:])
        with context:
            torc.invoke(context)
            _name_ignored_options(context)
    except click.exceptions.Exit as leaving:
        failures.exit_with(None, exit_code=leaving.exit_code)
    except BaseException as error:  # noqa: BLE001 - `exit_with` raises unknown exceptions
        app = context.obj if context is not None else None
        if isinstance(app, App):
            failures.exit_with(error, format=app.format, debug=app.debug)
        failures.exit_with(error)
    failures.exit_with(None)
