"""`torc remote install`."""

from pathlib import Path

import click
from msgspec import Struct

from torc_client.cli.commands.remote.options import max_parallel_ssh, stored_workers
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.option_types import UserPath
from torc_client.remote.installation import InstalledWorker, InstallOptions, install_for_all

_COLUMNS = (
    Column("Worker", "worker"),
    Column("Program", "program"),
    Column("Version", "version"),
    Column("Detail", "detail", if_any=True, wraps=True),
)
wheels_option = click.option(
    "--wheels",
    metavar="DIRECTORY",
    type=UserPath(file_okay=False, path_type=Path),
    help="Folder here with the wheels of Torc and of all dependencies; no index is used then.",
)
python_option = click.option(
    "--python", metavar="FILE", help="Python there, 3.11 or newer.  [default: the first one that is recent]"
)


class _Install(Struct):
    """JSON output of the command."""

    workflow_id: int
    workers: list[InstalledWorker]
    num_done: int


@command(short_help="Install this version of Torc on all workers.")
@workflow_argument
@wheels_option
@python_option
@click.option(
    "--prologue", metavar="COMMANDS", default="", help="Commands that run there before, as 'module load python'."
)
@max_parallel_ssh
async def install(
    app: App,
    workflow_id: int | None,
    *,
    wheels: Path | None,
    python: str | None,
    prologue: str,
    max_parallel_ssh: int,
) -> Report:
    """Install this version of Torc into ~/.local/share/torc/VERSION on the machine of each worker.

    The installation of this machine is copied. An index of packages is used only for dependencies that do not fit
    there, for example because of another version of Python. Other versions there are not changed. The exit code is 0
    only if all machines have this version.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
    options = InstallOptions(wheels, python, prologue)
    installed = await install_for_all(workers, options, max_parallel=max_parallel_ssh, say=say)
    num_done = sum(each.is_done for each in installed)
    return Report(
        _Install(workflow_id, installed, num_done),
        Listing(installed, _COLUMNS, "worker", "workers", title),
        [f"Installed torc for {num_done}/{len(installed)} workers"],
        failed=num_done < len(installed),
    )
