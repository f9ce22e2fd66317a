"""`torc tui`."""

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torc_client.cli.framework.context import CLI_RETRY_TIMEOUT_SECONDS, App, command
from torc_client.cli.framework.not_installed import NotInstalledError
from torc_client.cli.framework.standalone import DEFAULT_DATABASE, Standalone
from torc_client.errors import TorcError
from torc_client.option_types import UserPath

if TYPE_CHECKING:
    from torc_client.client import TorcClient

# The highest number of paints in a second, which textual reads when it is imported. A key is painted after at most one
# such interval. Over ssh, fewer paints are fewer bytes.
_FRAMES_VARIABLE, _FRAMES, _FRAMES_OVER_SSH = "TEXTUAL_FPS", "25", "10"


@command("tui", short_help="Open the terminal interface.")
@click.argument("workflow_id", type=int, required=False)
@click.option("--standalone", is_flag=True, help="Start a server, and stop it at the end. `torc -s tui` does the same.")
@click.option("--port", type=click.IntRange(0, 65535), help="Also let that server listen on this port of localhost.")
@click.option(
    "--database",
    type=UserPath(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Database of that server.  [default: {DEFAULT_DATABASE}]",
)
@click.option("--tls-ca-cert", metavar="FILE", help="Trust this certificate authority too.  [TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate, for tests only.  [TORC_TLS_INSECURE]")
@click.option("--read-only", is_flag=True, help="Show everything, change nothing.")
@click.option("--all-users", is_flag=True, help="List the workflows of all users, not only yours.")
async def tui_command(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    standalone: bool,
    port: int | None,
    database: Path | None,
    tls_ca_cert: str | None,
    tls_insecure: bool,
    read_only: bool,
    all_users: bool,
) -> None:
    """Show workflows in the terminal, and work with them. WORKFLOW_ID is shown first.

    The key ? lists the keys that work at the moment. The program needs the extra tui of torc-client.
    """
    # The terminal interface is drawn on stderr.
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise TorcError(
            "`torc tui` needs a terminal, and its input or output is not one.",
            "For scripts, use `torc status` or `torc jobs list`.",
        )
    _export_tls(tls_ca_cert, is_insecure=tls_insecure)
    with _frames_capped():
        try:
            from torc_client.tui.app import TorcApp
        except ModuleNotFoundError as error:
            if error.name != "textual":
                raise
            raise NotInstalledError(
                "`torc tui` needs the package textual, which is not installed.",
                "Install it with `pip install 'torc-client[tui]'`.",
            ) from error
    from torc_client.client import current_user
    from torc_client.tui.own_server import starter
    from torc_client.tui.settings import TuiSettings

    chosen = app.standalone or Standalone(database or DEFAULT_DATABASE, program=os.environ.get("TORC_SERVER_BIN"))
    settings = TuiSettings(
        url=app.url,
        connect=_connecting(app),
        user=None if all_users else current_user(),
        workflow_id=workflow_id,
        read_only=read_only,
        is_standalone=standalone or app.standalone is not None,
        start_server=starter(chosen.database, port=port, program=chosen.program),
    )
    app.standalone = None  # the terminal interface starts it
    gc.freeze()
    gc.enable()
    with _quiet_logging():
        await TorcApp(settings).run_async()
    task = asyncio.current_task()
    if task is not None and task.cancelling():  # by TERM, or by HUP of a terminal that was closed
        raise asyncio.CancelledError


def _connecting(app: App) -> Callable[[str], "TorcClient"]:
    def connect(url: str) -> "TorcClient":
        from torc_client.client import TorcClient
        from torc_client.retrying import RetryPolicy

        retries = RetryPolicy(seconds=CLI_RETRY_TIMEOUT_SECONDS, first_seconds=CLI_RETRY_TIMEOUT_SECONDS)
        return TorcClient(url, password=app.password, retry_policy=retries, on_wait=lambda _: None)

    return connect


def _export_tls(ca_cert: str | None, *, is_insecure: bool) -> None:
    """Set the environment variables that the library reads."""
    from torc_client import tls

    if ca_cert:
        os.environ[tls.CA_VARIABLE] = ca_cert
    if is_insecure:
        os.environ[tls.INSECURE_VARIABLE] = "true"


@contextlib.contextmanager
def _frames_capped() -> Iterator[None]:
    """Let textual read the highest number of frames, without an effect on child processes."""
    is_set = _FRAMES_VARIABLE in os.environ
    os.environ.setdefault(_FRAMES_VARIABLE, _FRAMES_OVER_SSH if "SSH_CONNECTION" in os.environ else _FRAMES)
    try:
        yield
    finally:
        if not is_set:
            del os.environ[_FRAMES_VARIABLE]


@contextlib.contextmanager
def _quiet_logging() -> Iterator[None]:
    """Print no log lines: they would be written over the screen."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, [logging.NullHandler()]
    try:
        yield
    finally:
        root.handlers = handlers
