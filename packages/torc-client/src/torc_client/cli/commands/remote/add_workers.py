"""`torc remote add-workers` and `torc remote add-workers-from-file`."""

from collections.abc import Callable, Sequence
from typing import Any, TextIO

import click
from msgspec import Struct

from torc_client.cli.commands.remote.options import max_parallel_ssh
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.probe import CONNECT_TIMEOUT_SECONDS, HostFacts, probe
from torc_client.remote.ssh_problems import RemoteError
from torc_client.remote.worker_list import different_workers, workers_of_file
from torc_client.text import count

_COLUMNS = (
    Column("Worker", "worker"),
    Column("Outcome", "outcome"),
    Column("System", "system", if_any=True),
    Column("Python", "python", if_any=True),
    Column("Torc", "torc", if_any=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)


class AddedWorker(Struct, frozen=True):
    """What was done for one host. `problem` is the name of the reason why it was not stored."""

    worker: str
    outcome: str
    is_stored: bool = True
    system: str = ""
    machine: str = ""
    python: str = ""
    torc: str = ""
    problem: str | None = None
    detail: str = ""
    hint: str = ""


class _AddedWorkers(Struct):
    workflow_id: int
    workers: list[AddedWorker]
    num_stored: int


class _Check(Struct, frozen=True):
    """How hosts are checked before they are stored."""

    is_skipped: bool
    max_parallel: int
    connect_timeout_seconds: int


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the check."""
    for option in (
        click.option(
            "--connect-timeout",
            metavar="SECONDS",
            type=click.IntRange(min=1),
            default=CONNECT_TIMEOUT_SECONDS,
            show_default=True,
            help="Time in which a machine must accept the connection.",
        ),
        max_parallel_ssh,
        click.option("--skip-ssh-check", is_flag=True, help="Store the machines without connecting to them."),
    ):
        function = option(function)
    return function


@command("add-workers", short_help="Add machines to a workflow.")
@click.argument("workflow_id", type=int)
@click.argument("workers", nargs=-1, required=True, metavar="WORKER...")
@_checked
async def add_workers(
    app: App,
    workflow_id: int,
    workers: tuple[str, ...],
    *,
    skip_ssh_check: bool,
    max_parallel_ssh: int,
    connect_timeout: int,
) -> Report:
    """Add machines to a workflow, in the form [name=][user@]host[:port].

    Machines that the workflow does not have yet are checked by ssh. Only those that can be reached are stored. The exit
    code is 0 only if the workflow has all of them then. With a name, several workers can be on one machine.
    """
    check = _Check(skip_ssh_check, max_parallel_ssh, connect_timeout)
    return await _add(app, workflow_id, different_workers(workers), check)


@command("add-workers-from-file", short_help="Add machines from a file.")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@workflow_argument
@_checked
async def add_workers_from_file(
    app: App,
    file: TextIO,
    workflow_id: int | None,
    *,
    skip_ssh_check: bool,
    max_parallel_ssh: int,
    connect_timeout: int,
) -> Report:
    """Add the machines in FILE, one on each line, as add-workers does.

    Empty lines and lines that start with # are ignored.
    """
    check = _Check(skip_ssh_check, max_parallel_ssh, connect_timeout)
    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise TorcError(f"{file.name} is not a text in UTF-8: {error.reason}.", "Save it in UTF-8.") from error
    return await _add(app, workflow_id, workers_of_file(file.name, text), check)


async def _add(app: App, workflow_id: int | None, workers: Sequence[WorkerAddress], check: _Check) -> Report:
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        title = await named(client, workflow_id)
        known = {record.worker for record in await client.remote_workers.list_remote_workers(workflow_id)}
        new = [worker for worker in workers if worker.text not in known]
        outcomes = await _outcomes(new, check)
        await _store(client, workflow_id, [each.worker for each in outcomes if each.is_stored])
    by_worker = {each.worker: each for each in outcomes}
    added = [by_worker.get(worker.text) or AddedWorker(worker.text, "already there") for worker in workers]
    return _report(workflow_id, added, title)


async def _outcomes(new: Sequence[WorkerAddress], check: _Check) -> list[AddedWorker]:
    if check.is_skipped:
        return [AddedWorker(worker.text, "added") for worker in new]

    async def look(worker: WorkerAddress) -> HostFacts:
        return await probe(worker, check.connect_timeout_seconds)

    ended = await ssh.for_each_host(
        new, look, max_parallel=check.max_parallel, on_end=lambda outcome: say(_line(_outcome(outcome)))
    )
    return [_outcome(each) for each in ended]


async def _store(client: TorcClient, workflow_id: int, workers: list[str]) -> None:
    if workers:
        await client.remote_workers.create_remote_workers(workflow_id, workers)


def _outcome(ended: ssh.HostOutcome[HostFacts]) -> AddedWorker:
    worker, facts, error = ended.address.text, ended.value, ended.error
    if facts is not None:
        return AddedWorker(
            worker, "added", system=facts.system, machine=facts.machine, python=facts.python, torc=facts.torc
        )
    problem = error.problem.value if isinstance(error, RemoteError) else None
    detail, hint = failure_of(ended.address, error)
    return AddedWorker(worker, "failed", is_stored=False, problem=problem, detail=detail, hint=hint)


def _line(each: AddedWorker) -> str:
    if each.is_stored:
        facts = HostFacts(each.system, each.machine, each.python, each.torc)
        return f"  [OK] {each.worker}: {facts.sentence}"
    return "\n".join(failure(each.worker, each.detail, each.hint))


def _report(workflow_id: int, added: list[AddedWorker], title: str) -> Report:
    stored = sum(each.is_stored for each in added)
    new = sum(each.outcome == "added" for each in added)
    sentences = [f"Added {count('worker', new)} to workflow {workflow_id}."]
    if stored == len(added) and not new:
        sentences = [f"Workflow {workflow_id} has all of these workers already."]
    if stored < len(added):
        sentences.append(f"{count('machine', len(added) - stored)} of {len(added)} cannot be used: not added.")
    if any(each.outcome == "added" and each.system and not each.torc for each in added):
        sentences.append("To use torc that is not in PATH there, run `torc remote run` with --torc-bin or --prologue.")
    return Report(
        _AddedWorkers(workflow_id, added, stored),
        Listing(added, _COLUMNS, "worker", "workers", title),
        sentences,
        failed=stored < len(added),
    )
