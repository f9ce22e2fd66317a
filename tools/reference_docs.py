"""Write docs/reference/*.md from the code: commands, settings, states, errors, exit codes, variables, the API.

    python tools/reference_docs.py           write the pages
    python tools/reference_docs.py --check   write nothing; exit 1 and print the pages that are out of date

`docs/reference/spec.md` and `api-decisions.md` are written by hand.
"""

import argparse
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from assistant_tools import assistant_tools_page
from cluster_reference import cluster_settings
from python_reference import client_errors, python_page
from spec_problems import spec_problems_page
from spec_reference import spec_page
from terminal_keys import terminal_keys_page
from torc_client.cli.framework import exit_codes
from torc_client.config import DECLARATIONS
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.settings_files import NOT_FROM_WORKING_DIRECTORY
from torc_client.spec.schema import schema
from torc_dash.settings import Settings as DashSettings
from torc_server.api.document import build
from torc_server.engine.states import COMPLETE, TERMINAL, TRANSITIONS, JobStatus, transitions_markdown
from torc_server.setting import SWITCH
from torc_server.settings import SETTINGS
from torc_server.web.errors import STATUSES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Made by tools/reference_docs.py (`make reference`); edits here are lost. -->\n"
PROGRAMS = (
    "torc",
    "torc-runner",
    "torc-slurm-job-runner",
    "torc-server",
    "torc-htpasswd",
    "torc-dash",
    "torc-mcp-server",
    "pytorc",
)
# The width that a page of the site shows without scrolling.
HELP_WIDTH = 80
TAKES = {str: "a text", int: "an integer", float: "a number", bool: "true or false"}

MEANINGS = {
    JobStatus.UNINITIALIZED: "The workflow has not been initialized since the job was created or reset.",
    JobStatus.BLOCKED: "A dependency of the job is not complete.",
    JobStatus.READY: "The job can run. A runner with enough free resources claims it.",
    JobStatus.PENDING: "A runner has claimed the job and has not started it.",
    JobStatus.RUNNING: "A runner has started the job.",
    JobStatus.COMPLETED: "The job succeeded: its exit code is 0, and every output file exists.",
    JobStatus.FAILED: "The job ended with another exit code, or without one of its output files.",
    JobStatus.CANCELED: (
        "The workflow was canceled, or a dependency failed and the job has `cancel_on_blocking_job_failure`."
    ),
    JobStatus.TERMINATED: "The runner ended the job, for example at a time limit.",
    JobStatus.DISABLED: "The job was taken out of the workflow before initialization.",
    JobStatus.PENDING_FAILED: "The job failed and waits for a decision about the failure. Dependents wait.",
}
JOB_VARIABLES = {
    "TORC_WORKFLOW_ID": "The id of the workflow.",
    "TORC_JOB_ID": "The id of the job.",
    "TORC_JOB_NAME": "The name of the job.",
    "TORC_RUN_ID": "The current run of the workflow. It increases when the workflow is reset and run again.",
    "TORC_NUM_CPUS": "The number of CPUs that the job requires.",
    "TORC_NUM_GPUS": "The number of GPUs that the job requires.",
    "TORC_NUM_NODES": "The number of nodes that the job requires.",
    "TORC_MEMORY_BYTES": "The memory that the job requires, in bytes. Not set for a job without requirements.",
    "TORC_ATTEMPT_ID": "The attempt of the job. It increases with each retry.",
    "TORC_OUTPUT_DIR": "The output directory of the runner.",
    "TORC_API_URL": "The address of the server, without credentials.",
    "TORC_RETURN_CODE": "In the recovery script of a failure handler: the return code of the job.",
    "TORC_WORKFLOW_SUBMISSION_DIR": "The directory in which the workflow was submitted, if the workflow has one.",
    "TORC_ORCHESTRATOR_LINEAGE_ID": "The lineage of the job, if another job spawned it.",
    "CUDA_VISIBLE_DEVICES": "The GPUs assigned to the job; empty if it requires none. Set if the runner assigns GPUs.",
    "ROCR_VISIBLE_DEVICES": "The same for GPUs of AMD.",
    "TORC_GPU_VISIBLE_DEVICES": "The same for both: the value of the variable above that the runner set.",
}


def main() -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the reference pages.")
    parser.add_argument(
        "--check", action="store_true", help="only print the pages that are out of date; exit 1 if there are any"
    )
    check = parser.parse_args().check
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    if check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run `make reference`", file=sys.stderr)
        return int(bool(stale))
    FOLDER.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(pages()[path])
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def pages() -> dict[Path, str]:
    """Return every page, by path."""
    makers: dict[str, Callable[[], Iterable[str]]] = {
        "cli.md": command_page,
        "settings.md": settings_page,
        "job-states.md": states_page,
        "errors.md": errors_page,
        "exit-statuses.md": exit_statuses_page,
        "environment-variables.md": variables_page,
        "http-api.md": api_page,
        "python.md": python_page,
        "spec-fields.md": spec_page,
        "spec-problems.md": spec_problems_page,
        "terminal-keys.md": terminal_keys_page,
        "assistant-tools.md": assistant_tools_page,
    }
    made = {FOLDER / name: MADE + "\n" + "\n\n".join(make()) + "\n" for name, make in makers.items()}
    return made | {FOLDER / "torc-spec.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}


def commands(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """Yield a command and its subcommands."""
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from commands(below, click.Context(below, parent=context, info_name=name, **CONTEXT))


CONTEXT: dict[str, Any] = {"terminal_width": HELP_WIDTH, "max_content_width": HELP_WIDTH}


def command_contexts() -> Iterator[click.Context]:
    """Yield every command of every program, with its names."""
    for program in PROGRAMS:
        entries = entry_points(group="console_scripts", name=program)
        if not entries:
            raise SystemExit(f"{program} is not installed in this environment; run `make install`")
        (entry,) = entries
        command = entry.load()
        if not isinstance(command, click.Command):
            # Where `main` is a function, the command is in the same module, or in the one that `main` imports late.
            late = {
                "torc-runner": "torc_runner.cli.standalone",
                "torc-slurm-job-runner": "torc_runner.cli.slurm_job_runner",
            }
            module = import_module(late[program]) if program in late else inspect.getmodule(command)
            named = {
                "torc": "torc",
                "torc-runner": "_runner_command",
                "torc-slurm-job-runner": "_slurm_runner_command",
                "torc-dash": "dash_command",
                "torc-mcp-server": "mcp_command",
                "pytorc": "_pytorc",
            }[program]
            command = getattr(module, named)
        yield from commands(command, click.Context(command, info_name=program, **CONTEXT, **command.context_settings))


def command_page() -> Iterator[str]:
    """Yield the help of every command."""
    yield "# Commands"
    yield "The output of `--help` for each command. For settings without an option see [Settings](settings.md)."
    for context in command_contexts():
        level = "##" if context.parent is None else "###"
        help_text = "\n".join(line.rstrip() for line in context.get_help().splitlines())
        yield f"{level} {context.command_path}\n\n```text\n{help_text}\n```"


def settings_page() -> Iterator[str]:
    """Yield every setting of the configuration files."""
    yield "# Settings"
    yield (
        "In order of precedence: command line, environment, `./torc.toml`, `~/.config/torc/config.toml`, "
        "`/etc/torc/config.toml`, the default. Each program reads its own table of the files. A password is not a "
        "setting: it comes from `TORC_PASSWORD`, a prompt or an option, never from a configuration file."
    )
    yield (
        "A file that another user could have written is not used: see [Trusted settings and "
        "files](../explanation/threat-model.md#trusted-settings-and-files). `./torc.toml` may have every setting "
        "except those that decide which programs run and what Torc trusts: "
        + ", ".join(f"`{name}`" for name in NOT_FROM_WORKING_DIRECTORY)
        + ". `torc`, `torc-runner` and `torc-dash` ignore these there with a warning; `torc-server` does not start."
    )
    yield "## Table [server]"
    for setting in SETTINGS:
        keys = ", ".join(f"`{key}`" for key in setting.keys)
        flags = ", ".join(f"`{flag}`" for flag in setting.flags)
        variables = ", ".join(f"`{variable}`" for variable in setting.variables)
        default = f"`{setting.default}`" if setting.default not in {None, ()} else "none"
        default = "off" if setting.kind is SWITCH else default
        yield (
            f"### server {setting.name}\n\n{setting.help}\n\n- In a file: {keys}\n- Flags: {flags}\n"
            f"- Variables: {variables}\n- Takes: {setting.kind.name}; default: {default}"
        )
    yield "## Table [client]"
    for declared in DECLARATIONS:
        variables = ", ".join(f"`{variable}`" for variable in (*declared.variables, declared.own_variable))
        takes = ", ".join(declared.choices) or TAKES[declared.kind]
        default = "none" if declared.default is None else f"`{declared.default}`"
        yield (
            f"### client {declared.key}\n\n{sentence(declared.help)}\n\n- Variables: {variables}\n- Takes: {takes}\n"
            f"- Default: {default}"
        )
    yield from cluster_settings()
    yield "## Table [dash]"
    options = {option.name: option for option in dash_options()}
    for field in fields(DashSettings):
        option = options[field.name]
        flags = ", ".join(f"`{flag}`" for flag in option.opts)
        variable = f"TORC_DASH__{field.name.upper()}"
        yield f"### dash {field.name}\n\n{option.help}\n\n- Flags: {flags}\n- Variable: `{variable}`"


def dash_options() -> list[click.Option]:
    """Return the options of `torc-dash`."""
    (context,) = (each for each in command_contexts() if each.command_path == "torc-dash")
    return [each for each in context.command.params if isinstance(each, click.Option)]


def states_page() -> Iterator[str]:
    """Yield statuses and transitions."""
    yield "# Job states"
    yield (
        "A job has one of these statuses. If a status is *complete*, dependents no longer wait for the job. "
        "The table at the end lists every transition; the server refuses all others."
    )
    for status in JobStatus:
        kind = "Complete." if status in COMPLETE else "A runner can report this status." if status in TERMINAL else ""
        yield f"## {status.word}\n\n{MEANINGS[status]} {kind}".rstrip()
    yield "## Usual transitions"
    arrows = [
        f"    {origin.word} --> {target.word}: {transition.cause.value}"
        for transition in TRANSITIONS.values()
        if len(transition.from_statuses) <= 3
        for origin in sorted(transition.from_statuses)
        for target in transition.to_statuses
    ]
    arrows += [f"    running --> {status.word}: complete" for status in (JobStatus.COMPLETED, JobStatus.FAILED)]
    yield "```mermaid\nstateDiagram-v2\n    [*] --> uninitialized\n" + "\n".join(arrows) + "\n```"
    yield f"## Every transition\n\n{transitions_markdown()}".rstrip()


def errors_page() -> Iterator[str]:
    """Yield the errors of the server and of the client."""
    yield "# Errors"
    yield "An error of the server is a JSON object; its `error` has a message with a remedy:"
    yield '```json\n{"error": {"message": "Workflow 17 does not exist", "error": "NotFound"}}\n```'
    yield "## Errors of the server"
    rows = [f"| {status} | {kind.__name__} | {summary_of(kind)} |" for kind, status in STATUSES.items()]
    yield "| Status | Name | Meaning |\n|---|---|---|\n" + "\n".join(sorted(rows))
    yield (
        "Further statuses: 400 for a malformed request, 401 without valid credentials, 404 and 405 without "
        "a body for paths and methods that do not exist, 408 for a body that stopped arriving, "
        "413 for a body that is too large, 415 for a compressed body, 500 for a bug of the server."
    )
    yield "## Errors of the client"
    for name, kind in client_errors().items():
        parent = kind.__mro__[1].__name__
        yield f"### {name}\n\n{summary_of(kind)} A subclass of `{parent}`."


def exit_statuses_page() -> Iterator[str]:
    """Yield the exit codes of all programs."""
    yield "# Exit codes"
    yield "## torc, torc-server, torc-htpasswd, torc-dash"
    yield "| Exit code | Meaning |\n|---|---|\n" + "\n".join(
        f"| {code} | {meaning} |" for code, meaning in exit_codes.GENERAL.items()
    )
    yield "## Commands with further exit codes"
    yield "If there is a result, it is on stdout with these exit codes, too."
    yield "| Command | Exit code | Meaning |\n|---|---|---|\n" + "\n".join(
        f"| `{command}` | {code} | {meaning} |"
        for command, meanings in sorted(exit_codes.OF_ITS_OWN.items())
        for code, meaning in meanings.items()
    )
    yield "## torc run, torc exec and torc-runner"
    yield (
        "`torc exec` ends with 1 instead of 3. With `--exit-zero`, or the setting `run.exit_zero` of `[client]`,"
        " `torc run` ends with 0 instead of 3 and 4; `torc-runner` has the option only."
        " `torc-slurm-job-runner` ends with 0, or with 1 after an error."
    )
    yield "| Exit code | Meaning |\n|---|---|\n" + "\n".join(
        f"| {code.value} | {code.meaning} |" for code in RunnerExitCode
    )


def variables_page() -> Iterator[str]:
    """Yield every environment variable."""
    yield "# Environment variables"
    yield "An empty variable counts as unset."
    yield "## Credentials"
    yield (
        "| Variable | Meaning |\n|---|---|\n"
        "| `TORC_PASSWORD` | The password for the server. Jobs get it only with `TORC_API_ACCESS`. |\n"
        "| `TORC_DOCS_DIR` | For `torc-mcp-server`: a folder of documentation in place of the own one. |\n"
        "| `TORC_EXAMPLES_DIR` | For `torc-mcp-server`: a folder of examples in place of the own ones. |\n"
        "| `TORC_MCP_TOKEN` | The token that `torc-mcp-server --http HOST:PORT` requires; a new one if not set. |\n"
        "| `TORC_TOKEN_FILE` | A file (mode 0600) with a token for one workflow, instead of a password. Jobs get it"
        " only with `TORC_API_ACCESS`. |\n"
        "| `TORC_USERNAME` | The user name, if it is not `USER` or your login. |\n"
        "| `TORC_TLS_CA_CERT` | Certificate (PEM) of a further authority that clients trust for `https://`. |\n"
        "| `TORC_TLS_INSECURE` | `true`: clients trust any certificate. For tests only. |\n"
        "| `TORC_COOKIE_HEADER` | Cookies for a proxy before the server. Jobs get it only with `TORC_API_ACCESS`. |"
    )
    yield "## Runners"
    yield (
        "| Variable | Meaning |\n|---|---|\n"
        "| `TORC_API_ACCESS` | `true` in the `env` of a spec: its jobs have their runner's credentials. |\n"
        "| `TORC_LEASE_SECONDS` | The default of `torc run --lease-seconds`. |\n"
        "| `TORC_MAX_STDIO_MB` | The default of `torc run --max-stdio-mb`. |\n"
        "| `TORC_RUNNER_ID` | Set for jobs: the runner identifies their orphan processes by it. |\n"
        "| `SLURM_JOB_END_TIME` | Set by newer versions of Slurm: runners stop before their allocation ends. |\n"
        "| `SLURM_JOB_ID` | Set by Slurm: without an end time, runners ask `squeue` or `scontrol` for it. |\n"
        "| `SLURMD_NODENAME` | Set by Slurm on the nodes of an allocation: runners offer only its resources. |\n"
        "| `TORC_SLURM_MEM_PER_CPU` | Set by batch scripts for runners: `SLURM_MEM_PER_CPU` of the allocation. |"
    )
    yield "## Settings"
    rows = [
        *((name, f"server {setting.name}") for setting in SETTINGS for name in setting.variables),
        *(
            (name, f"client {declared.key}")
            for declared in DECLARATIONS
            for name in (*declared.variables, declared.own_variable)
        ),
        *((f"TORC_DASH__{field.name.upper()}", f"dash {field.name}") for field in fields(DashSettings)),
        *(
            (name, f"dash {option.name}")
            for option in dash_options()
            if option.name in {field.name for field in fields(DashSettings)}
            for name in re.findall(r"env: (\w+)", option.help or "")
        ),
    ]
    lines = [
        f"| `{name}` | [{what}](settings.md#{what.replace(' ', '-').replace('.', '')}) |" for name, what in sorted(rows)
    ]
    yield "| Variable | Sets |\n|---|---|\n" + "\n".join(lines)
    yield "## What a job finds"
    yield (
        "A job has the runner's environment without its credentials, then the workflow's `env`, then its own, and:\n\n"
        "| Variable | Value |\n|---|---|\n"
        + "\n".join(f"| `{name}` | {meaning} |" for name, meaning in JOB_VARIABLES.items())
    )


def api_page() -> Iterator[str]:
    """Yield every operation of the server."""
    document = build()
    yield "# HTTP API"
    yield (
        "The complete OpenAPI 3.1 document is at `/torc-service/v1/openapi.json` of every server, in "
        "[openapi.json](../../packages/torc-client/src/torc_client/openapi.json), and printed by `torc-server "
        "openapi`. In Python each operation is a method of its subject: `client.jobs.list_jobs(workflow_id=1)`. "
        "Paths are below `/torc-service/v1`. Access is checked if the server enforces access control. "
        "[Tokens](../explanation/threat-model.md#tokens) are refused where no sentence says otherwise."
    )
    subjects: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            query = ", ".join(f"`{each['name']}`" for each in operation["parameters"] if each["in"] == "query")
            errors = ", ".join(status for status in operation["responses"] if status not in {"200", "default"})
            subjects.setdefault(operation["tags"][0], []).append(
                f"### {operation['operationId']}\n\n`{method.upper()} {path}`: {operation['summary']}"
                + (f"\n\nQuery: {query}." if query else "")
                + (f"\n\nErrors: {errors}." if errors else "")
                + f"\n\nOpen to {operation['x-torc-access']}."
                + (" Also with a token." if operation.get("x-torc-token") else "")
            )
    for subject, entries in subjects.items():
        yield f"## Subject {subject}"
        yield from entries


def summary_of(kind: type[object]) -> str:
    """Return the first paragraph of a class's docstring as a sentence."""
    return sentence((inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "))


def sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


if __name__ == "__main__":
    sys.exit(main())
