"""`torc workflows reconcile`."""

from pathlib import Path

import click

from torc_client.answers import run_id_of
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record
from torc_client.errors import TorcError
from torc_client.journal.files import output_folders
from torc_client.journal.replay import replay_all
from torc_client.option_types import UserPath

_MOST_NAMED = 20


@command(short_help="Send results that runners could not send.")
@workflow_argument
@click.argument("run_id", type=int, required=False)
@click.option(
    "--base-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Output folder of the runners, or a folder above it.",
)
async def reconcile(app: App, workflow_id: int | None, run_id: int | None, base_dir: Path) -> Record:
    """Send the results that runners stored on disk because the server was unreachable.

    Runners store such results in OUTPUT_DIR/offline_journal. The next `torc run` with this folder also sends them.
    Output folders up to three levels below --base-dir are found, except those of other users.
    Results that the server already has are ignored. Journals of earlier runs and of deleted workflows are moved to
    OUTPUT_DIR/offline_journal/set_aside, unless the server has all their results. Journals of another database than
    the one of this server stay where they are. With RUN_ID, journals of other runs stay as well.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        only_run = run_id is not None
        if run_id is None:
            run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
        try:
            journals = [
                each
                for folder in output_folders(base_dir)
                async for each in replay_all(client, folder, workflow_id, run_id, only_run=only_run)
            ]
        except OSError as error:
            raise TorcError(f"Cannot read the journal {error.filename}: {error.strerror}.") from error
    return Record(
        {
            "workflow_id": workflow_id,
            "run_id": run_id,
            "journals": len(journals),
            "results": sum(each.results for each in journals),
            "refused": sum(len(each.refused) for each in journals),
            "refusals": [refused.message for each in journals for refused in each.refused][:_MOST_NAMED],
            "damaged_bytes": sum(each.damaged_bytes for each in journals),
            "skipped": [f"{each.path}: {each.skipped}" for each in journals if each.skipped and not each.set_aside],
            "set_aside": [f"{each.set_aside}: {each.skipped}" for each in journals if each.set_aside],
        },
        failed=any(each.skipped and not each.set_aside for each in journals),
    )
