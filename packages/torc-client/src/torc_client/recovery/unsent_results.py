"""Results that runners could not send, and that nobody has sent since."""

from collections.abc import Callable
from pathlib import Path

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.journal.replay import Replayed, replay_all


async def send_leftovers(
    client: TorcClient, workflow_id: int, run_id: int, output_dir: Path, tell: Callable[[str], None]
) -> None:
    """Send what journals in a runners' output folder hold, so that nothing is run again that has ended.

    Journals of runners that live are left to them. Raises TorcError.
    """
    try:
        async for replayed in replay_all(client, output_dir, workflow_id, run_id):
            tell(_in_words(replayed))
    except OSError as error:
        raise TorcError(
            f"The journal {error.filename} cannot be read: {error.strerror}.",
            "Make it readable, or move it away; `torc workflows reconcile` sends it later.",
        ) from error


def _in_words(replayed: Replayed) -> str:
    if replayed.skipped is not None:
        return f"The journal {replayed.path} was left: {replayed.skipped}."
    refused = f", and {len(replayed.refused)} came too late" if replayed.refused else ""
    return f"Results that a runner could not send: {replayed.results} were sent{refused}."
