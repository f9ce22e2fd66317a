"""What every command gets: the settings, a way to the server, the chosen output. Plugins build on this module.

A command is a function that takes an `App` and its options and returns a value of `cli.results` (or None). It may be
a coroutine function. It neither prints nor ends the process; it raises TorcError.

    @command(short_help="Tell what there is.")
    @click.argument("id", type=int)
    async def get(app: App, id: int) -> Record:
        async with app.client() as client:
            return Record(await client.jobs.get_job(id))
"""

import gc
import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
import click.shell_completion

from torc_client.cli.framework.results import NO_CSV, Record, Report, Text
from torc_client.errors import TorcError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from torc_client.cli.framework.output.progress import Advance
    from torc_client.cli.framework.standalone import Standalone
    from torc_client.client import TorcClient
    from torc_client.config import Setting

# A person waits: better to hear soon that there is no server than to wait for one that may come back.
CLI_PATIENCE_SECONDS = 1.0


@dataclass
class App:
    """One call of `torc`: its settings (with where each came from), credentials and output format."""

    settings: Mapping[str, "Setting"]
    password: str | None = None
    skip_version_check: bool = False
    debug: bool = False
    standalone: "Standalone | None" = None
    _own_url: str | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The URL of the server; of one of our own, once there is a client."""
        return self._own_url or str(self.settings["api_url"].value)

    @property
    def format(self) -> str:
        """Return `table`, `json` or `csv`."""
        return str(self.settings["format"].value)

    def bar(self, what: str) -> "AbstractContextManager[Advance]":
        """Show on stderr how far something long is, where somebody looks; see `cli.output.progress`."""
        from torc_client.cli.framework.output.progress import bar

        return bar(what)

    def require_format_for_records(self) -> None:
        """Refuse csv before anything is done: a change whose outcome cannot be shown is none. Raises TorcError."""
        if self.format == "csv":
            raise TorcError(*NO_CSV)

    def connect(self, *, patience_seconds: float = CLI_PATIENCE_SECONDS) -> "TorcClient":
        """Return a client of the server, without asking anything yet."""
        from torc_client.client import TorcClient

        return TorcClient(self.url, password=self.password, retry_timeout_seconds=patience_seconds)

    @asynccontextmanager
    async def client(self, *, patience_seconds: float = CLI_PATIENCE_SECONDS) -> AsyncIterator["TorcClient"]:
        """Connect, compare the versions once, and close at the end. Raises VersionMismatchError.

        Where a server of our own is wanted, it lasts as long. Raises ManagedServerError where it does not start.
        From here on garbage is collected, which `main` has switched off; what was imported is left out.
        """
        async with AsyncExitStack() as stack:
            if self.standalone is not None:
                from torc_client.cli.framework.standalone import own_server

                self._own_url = await stack.enter_async_context(own_server(self.standalone))
            client = await stack.enter_async_context(self.connect(patience_seconds=patience_seconds))
            gc.freeze()
            gc.enable()
            if not self.skip_version_check:
                await self._check_version(client)
            yield client

    async def _check_version(self, client: "TorcClient") -> None:
        from torc_client.cli.framework.output.show import say
        from torc_client.version_check import check_version

        warning = await check_version(client)
        if warning:
            say(f"Warning: {warning}")


class TorcCommand(click.Command):
    """A command whose function returns what is to be shown. `gives_record`: it is always a single record."""

    gives_record = False

    def invoke(self, ctx: click.Context) -> None:
        """Call the function, in an event loop if it is a coroutine function, and show what it returns."""
        asked = ctx.find_object(App)
        if self.gives_record and asked is not None:
            asked.require_format_for_records()
        value = super().invoke(ctx)
        if inspect.iscoroutine(value):
            import asyncio

            value = asyncio.run(value)
        app = ctx.find_object(App)
        if value is not None and app is not None:
            from torc_client.cli.framework.output.show import show

            show(value, app.format)
            if isinstance(value, Record | Text | Report) and value.failed:
                raise click.exceptions.Exit(1)


def command(name: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function that takes an App first a command of `torc`."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=TorcCommand, **options)(click.pass_obj(function))
        made.gives_record = inspect.signature(function).return_annotation is Record
        return made

    return decorate


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[click.shell_completion.CompletionItem]:
    """Let the shell complete the names of files."""
    del ctx, param
    return [click.shell_completion.CompletionItem(incomplete, type="file")]
