"""What every command gets: settings, a client of the server, the output format. Plugins import this module.

A command is a function, or a coroutine function, that takes an `App` and its options and returns a value of
`cli.framework.results`, or None. It does not print and does not end the process; it raises TorcError.

    @command(short_help="Show one job.")
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
import click.shell_completion

from torc_client.cli.framework.look import PLAIN_LOOK, ListLook, add_options, look_of
from torc_client.cli.framework.results import NO_CSV, Listing, Message, Record, Report, Text
from torc_client.errors import ServerUnreachableError, TorcError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from torc_client.cli.framework.output.progress import Advance
    from torc_client.cli.framework.standalone import Standalone
    from torc_client.client import TorcClient
    from torc_client.config import Setting

# A user is waiting: report early that no server answers.
CLI_RETRY_TIMEOUT_SECONDS = 1.0
# The time in which another command of --standalone starts the server again after the end of the one that started it.
STANDALONE_RETRY_TIMEOUT_SECONDS = 5.0


@dataclass
class App:
    """One call of `torc`: settings (with the source of each), credentials, output format."""

    settings: Mapping[str, "Setting"]
    password: str | None = None
    skip_version_check: bool = False
    debug: bool = False
    standalone: "Standalone | None" = None
    look: ListLook = PLAIN_LOOK
    _own_url: str | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The URL of the server. With --standalone, it is known once the client exists."""
        return self._own_url or str(self.settings["api_url"].value)

    @property
    def format(self) -> str:
        """The output format: `table`, `json` or `csv`."""
        return str(self.settings["format"].value)

    def page_limit(self, limit: int | None) -> int | None:
        """Return how many records of a list to fetch: those that are shown. `limit` is what the user asked for."""
        if limit is not None or self.look.all_rows or self.format != "table":
            return limit
        from torc_client.cli.framework.output.screen import rows_that_fit

        fitting = rows_that_fit()
        return None if fitting is None else fitting + 1

    @property
    def is_json_asked_for(self) -> bool:
        """Whether the command line has `-f json`. A setting with this value is for all calls, so it confirms none."""
        from torc_client.config import COMMAND_LINE

        chosen = self.settings["format"]
        return bool(chosen.value == "json" and chosen.source == COMMAND_LINE)

    @property
    def can_ask(self) -> bool:
        """Whether stdin is a terminal."""
        from torc_client.cli.framework.output import ask

        return ask.is_possible()

    async def choose_workflow(self, client: "TorcClient") -> int:
        """Return the id of the workflow that the user chooses for a command that changes it. Raises TorcError."""
        from torc_client.cli.framework.picker import pick

        return await pick(client, None, changes=True)

    @property
    def ignores_standalone(self) -> bool:
        """Whether --standalone was used and no server was needed until now."""
        return self.standalone is not None and self._own_url is None

    def keep_database_in(self, output_dir: Path) -> None:
        """Save a database in memory to the output folder of the command, unless --db names a file."""
        if self.standalone is None:
            return
        chosen, self.standalone = self.standalone, self.standalone.kept_in(output_dir)
        if self.standalone.database != chosen.database:
            from torc_client.suggested_commands import add_options

            add_options(("--db", str(self.standalone.database)))

    def bar(self, what: str) -> "AbstractContextManager[Advance]":
        """Show a progress bar on stderr if it is a terminal; see `output.progress`."""
        from torc_client.cli.framework.output.progress import bar

        return bar(what)

    def require_format_for_records(self) -> None:
        """Refuse the format csv, before the command changes anything. Raises TorcError."""
        if self.format == "csv":
            raise TorcError(*NO_CSV)

    def connect(
        self, *, patience_seconds: float = CLI_RETRY_TIMEOUT_SECONDS, first_contact_seconds: float | None = None
    ) -> "TorcClient":
        """Return a client of the server. It does not connect yet.

        Calls are retried for `patience_seconds` while the server is away, and for `first_contact_seconds` until it has
        answered once; by default for `patience_seconds` then too, but at most FIRST_CONTACT_SECONDS.
        """
        from torc_client.client import TorcClient
        from torc_client.retrying import RetryPolicy
        from torc_client.time_limits import FIRST_CONTACT_SECONDS

        if first_contact_seconds is None:
            first_contact_seconds = min(patience_seconds, FIRST_CONTACT_SECONDS)
        retries = RetryPolicy(seconds=patience_seconds, first_seconds=first_contact_seconds)
        return TorcClient(self.url, password=self.password, retry_policy=retries, on_wait=_say)

    @asynccontextmanager
    async def client(
        self,
        *,
        patience_seconds: float = CLI_RETRY_TIMEOUT_SECONDS,
        first_contact_seconds: float | None = None,
        limit_seconds: float | None = None,
    ) -> AsyncIterator["TorcClient"]:
        """Connect, compare the versions once, and close at the end. `limit_seconds` limits the time until then.

        `patience_seconds` and `first_contact_seconds` are those of `connect`.

        With --standalone, the server runs until the end of the block. Garbage collection, which `main` has disabled,
        is enabled again for everything that is allocated from here on.

        Raises VersionMismatchError, ServerUnreachableError if no server answers, and ManagedServerError if the server
        of --standalone does not start.
        """
        async with AsyncExitStack() as stack:
            has_own_server = False
            if self.standalone is not None:
                from torc_client.cli.framework.standalone import own_server

                server = await stack.enter_async_context(own_server(self.standalone))
                self._own_url, has_own_server = server.url, server.is_own
                if has_own_server:
                    _say(f"Started standalone torc-server with the database {self.standalone.database}.")
                patience_seconds = max(patience_seconds, STANDALONE_RETRY_TIMEOUT_SECONDS)
            client = await stack.enter_async_context(
                self.connect(patience_seconds=patience_seconds, first_contact_seconds=first_contact_seconds)
            )
            # The server of another command may have its database in memory, and replace the file by each snapshot.
            if self.standalone is not None and has_own_server:
                from torc_client.cli.framework.standalone import giving_up_without

                await stack.enter_async_context(giving_up_without(self.standalone, client))
            gc.freeze()
            gc.enable()
            if limit_seconds is not None:
                await stack.enter_async_context(_within(limit_seconds, self.url))
            if not self.skip_version_check:
                await self._check_version(client)
            yield client

    async def _check_version(self, client: "TorcClient") -> None:
        from torc_client.cli.framework.output.show import say
        from torc_client.version_check import check_version

        warning = await check_version(client)
        if warning:
            say(f"Warning: {warning}")


@asynccontextmanager
async def _within(seconds: float, url: str) -> AsyncIterator[None]:
    """Raise ServerUnreachableError if the block takes longer than this."""
    import asyncio

    from torc_client.address import parse_address
    from torc_client.connection_errors import no_answer
    from torc_client.connection_remedies import remedy_for_silence

    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        address = parse_address(url)
        raise ServerUnreachableError(url, no_answer(seconds, address), hint=remedy_for_silence(address)) from error


def _say(sentence: str) -> None:
    """Print a sentence on stderr."""
    from torc_client.cli.framework.output.show import say

    say(sentence)


class TorcCommand(click.Command):
    """A command whose function returns the result to print.

    `gives_record` is true if the result is a single record, which has no CSV form, or a message about several.
    """

    gives_record = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. A `Switch` can have a value."""
        from torc_client.cli.framework.switches import without_values

        return super().parse_args(ctx, without_values(self.params, args))

    def invoke(self, ctx: click.Context) -> None:
        """Call the function, in an event loop if it is a coroutine function, and print its result."""
        asked = ctx.find_object(App)
        if self.gives_record and asked is not None:
            asked.require_format_for_records()
        look = look_of(ctx)
        if asked is not None:
            asked.look = look
        value = super().invoke(ctx)
        if inspect.iscoroutine(value):
            from torc_client import interruptions

            value = interruptions.run(value)
        app = ctx.find_object(App)
        if value is not None and app is not None:
            from torc_client.cli.framework.output.show import show

            show(value, app.format, look)
            if isinstance(value, Record | Text | Report) and value.failed:
                raise click.exceptions.Exit(1)


def command(
    name: str | None = None, *, is_list: bool = False, **options: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorate a function whose first parameter is an `App`: it becomes a command of `torc`.

    With `is_list`, and if the function returns a Listing, it has the options for columns and rows of lists.
    """

    def decorate(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=TorcCommand, **options)(click.pass_obj(function))
        annotation = inspect.signature(function).return_annotation
        if is_list or annotation is Listing or Listing in get_args(annotation):
            add_options(made)
        made.gives_record = annotation is Record or get_args(annotation) == (Record, Message)
        return made

    return decorate


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[click.shell_completion.CompletionItem]:
    """Complete file names."""
    del ctx, param
    return [click.shell_completion.CompletionItem(incomplete, type="file")]
