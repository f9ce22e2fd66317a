"""`torc remote sync-in` and `torc remote sync-out`."""

from pathlib import Path

import click
from msgspec import Struct

from torc_client.cli.commands.remote.options import max_parallel_ssh, stored_workers
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.option_types import UserPath
from torc_client.remote.file_sync import FileSync, SyncedWorker, missing_everywhere
from torc_client.remote.syncing import folder_of_worker, paths_to_copy
from torc_client.text import size

_COLUMNS = (
    Column("Worker", "worker"),
    Column("Folder", "folder"),
    Column("Files", "files", right=True),
    Column("Size", "size_bytes", size, right=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)
_chdir = click.option(
    "--chdir", metavar="DIRECTORY", default=".", help="Folder there in which jobs run.  [default: the home folder]"
)
_paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")


class _Sync(Struct):
    """JSON output of the commands."""

    workflow_id: int
    workers: list[SyncedWorker]
    num_done: int


@command("sync-in", short_help="Copy files from this folder to all workers.")
@click.argument("workflow_id", type=int)
@_paths
@_chdir
@max_parallel_ssh
async def sync_in(app: App, workflow_id: int, paths: tuple[str, ...], *, chdir: str, max_parallel_ssh: int) -> Report:
    """Copy files and folders below the current folder to the working folder of each worker, by rsync.

    Only what differs is copied, and nothing is deleted. Links that point out of the folder are left out. The exit code
    is 0 only if all workers have the files. rsync must be installed here and there.
    """
    base, folder = Path.cwd(), folder_of_worker(chdir)
    sync = FileSync(paths_to_copy(paths, base, must_exist=True), base, folder, say)
    async with app.client() as client:
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
    return _report(workflow_id, title, await sync.copy_in(workers, max_parallel=max_parallel_ssh))


@command("sync-out", short_help="Copy files from all workers to this folder.")
@click.argument("workflow_id", type=int)
@_paths
@_chdir
@click.option(
    "-l",
    "--local-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder here for the files.",
)
@click.option("--separate", is_flag=True, help="Create a folder for each worker below --local-dir.")
@max_parallel_ssh
async def sync_out(
    app: App,
    workflow_id: int,
    paths: tuple[str, ...],
    *,
    chdir: str,
    local_dir: Path,
    separate: bool,
    max_parallel_ssh: int,
) -> Report:
    """Copy files and folders below the working folder of each worker to this machine, by rsync.

    PATH can be a pattern with *, ? and [...], in quotes, so that your shell does not replace it here. Of two files with
    one name, from two workers or here and there, the newer one stays; --separate keeps those of all workers. Nothing is
    deleted, and links that point out of the folder are left out. rsync must be installed here and there.

    The exit code is 0 only if all workers were copied, and each PATH was on one of them.
    """
    base, folder = Path.cwd() / local_dir, folder_of_worker(chdir)
    sync = FileSync(paths_to_copy(paths, base, must_exist=False), base, folder, say)
    async with app.client() as client:
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
    synced = await sync.copy_out(workers, max_parallel=max_parallel_ssh, is_separate=separate)
    missing = missing_everywhere(synced)
    for path in missing:
        say(f"  [FAILED] {path}: No worker has it in {'its home folder' if folder == '.' else folder}.")
    return _report(workflow_id, title, synced, failed=bool(missing))


def _report(workflow_id: int, title: str, synced: list[SyncedWorker], *, failed: bool = False) -> Report:
    num_done = sum(each.is_done for each in synced)
    return Report(
        _Sync(workflow_id, synced, num_done),
        Listing(synced, _COLUMNS, "worker", "workers", title),
        [f"Copied files for {num_done}/{len(synced)} workers"],
        failed=failed or num_done < len(synced),
    )
