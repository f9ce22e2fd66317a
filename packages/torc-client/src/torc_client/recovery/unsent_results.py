"""Send results that runners kept on disk because the server did not answer."""

from collections.abc import Callable
from pathlib import Path

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.journal.replay import Replayed, replay_all
from torc_client.text import count


async def send_unsent_results(
    client: TorcClient, workflow_id: int, run_id: int, output_dir: Path, report: Callable[[str], None]
) -> None:
    """Send the results in the journals of a runners' output folder, so that jobs that ended are not retried.

    The journals of live runners are not read. `report` gets a sentence for each journal, and only once for one that
    stays. Raises TorcError.
    """
    try:
        async for replayed in replay_all(client, output_dir, workflow_id, run_id):
            if replayed.is_first_time:
                report(_describe(replayed))
    except OSError as error:
        raise TorcError(
            f"The journal {error.filename} cannot be read: {error.strerror}.",
            "Make it readable, or move it away; `torc workflows reconcile` sends it later.",
        ) from error


def _describe(replayed: Replayed) -> str:
    if replayed.set_aside is not None:
        return f"The journal {replayed.path} was moved to {replayed.set_aside.parent}: {replayed.skipped}."
    if replayed.skipped is not None:
        return f"The journal {replayed.path} was not sent: {replayed.skipped}."
    refused = f", and {len(replayed.refused)} came too late" if replayed.refused else ""
    return f"Sent {count('result', replayed.results)} that a runner could not send{refused}."
