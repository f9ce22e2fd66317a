"""Show output of jobs whose files are not readable here: the server requests it from the runner."""

from collections.abc import AsyncIterator
from typing import Any

from torc_client.api.enums import OutputStream
from torc_client.cli.framework.context import App
from torc_client.cli.framework.output.show import say, show_line, show_text
from torc_client.cli.framework.results import Record
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, TorcError
from torc_client.log_files.job_logs import OutputNotFoundError
from torc_client.log_files.relayed import BOTH_STREAMS, RelayedText, all_of, end_of


async def show_all(
    app: App, client: "TorcClient", job_id: int, stream: str | None, missing: "OutputNotFoundError"
) -> Record | None:
    """Show the whole output of a job. Raises TorcError if neither the files nor the runner are available."""
    outputs: dict[str, dict[str, Any]] = {}
    about: dict[str, Any] = {"job_id": job_id}
    printer = _OutputPrinter()
    async for text in _with_both_causes(all_of(client, job_id, _streams(stream)), missing):
        if app.format != "json":
            printer.show(text)
            continue
        about |= {"run_id": text.run_id, "attempt_id": text.attempt_id}
        record = outputs.setdefault(text.stream, {"stream": text.stream, "path": text.place, "text": ""})
        record["text"] += text.text
    return Record({**about, "output": [*outputs.values()]}) if app.format == "json" else None


async def show_end(
    app: App,
    client: TorcClient,
    job_id: int,
    stream: str | None,
    missing: OutputNotFoundError,
    *,
    lines: int,
    follow: bool,
) -> None:
    """Show the last lines of a job's output, and follow it until the job ends. Raises TorcError."""
    printer = _OutputPrinter()
    async for text in _with_both_causes(end_of(client, job_id, _streams(stream), lines, follow=follow), missing):
        if app.format != "json":
            printer.show(text)
        elif text.text:
            show_line({"stream": text.stream, "path": text.place, "text": text.text}, "", "json")


async def _with_both_causes(
    texts: AsyncIterator[RelayedText], missing: "OutputNotFoundError"
) -> "AsyncIterator[RelayedText]":
    has_begun = False
    try:
        async for text in texts:
            has_begun = True
            yield text
    except (ConflictError, NotFoundError) as refused:
        if has_begun:
            raise
        causes = f"{missing.message.removesuffix('.')}, and its runner does not provide it: {refused.message}"
        raise TorcError(causes, missing.hint) from refused


class _OutputPrinter:
    """Prints output, with a header whenever the stream changes."""

    def __init__(self) -> None:
        self._last: str | None = None

    def show(self, text: RelayedText) -> None:
        if text.stream != self._last and (text.text or self._last is None):
            say(f"==> {text.stream}: {text.place} (through the server) <==")
            self._last = text.stream
        show_text(text.text)


def _streams(stream: str | None) -> tuple[OutputStream, ...]:
    return BOTH_STREAMS if stream is None else (OutputStream(stream),)
