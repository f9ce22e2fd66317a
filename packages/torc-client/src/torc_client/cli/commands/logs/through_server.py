"""Show what a job prints where its files cannot be seen: asked of its runner, through the server."""

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
    """Show all that a job has printed. Raises TorcError that says why neither way leads to it."""
    told: dict[str, dict[str, Any]] = {}
    about: dict[str, Any] = {"job_id": job_id}
    shower = _Shower()
    async for text in _or_why_not(all_of(client, job_id, _streams(stream)), missing):
        if app.format != "json":
            shower.show(text)
            continue
        about |= {"run_id": text.run_id, "attempt_id": text.attempt_id}
        record = told.setdefault(text.stream, {"stream": text.stream, "path": text.place, "text": ""})
        record["text"] += text.text
    return Record({**about, "output": [*told.values()]}) if app.format == "json" else None


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
    """Show the last lines of what a job printed, and what it prints until it ends. Raises TorcError."""
    shower = _Shower()
    async for text in _or_why_not(end_of(client, job_id, _streams(stream), lines, follow=follow), missing):
        if app.format != "json":
            shower.show(text)
        elif text.text:
            show_line({"stream": text.stream, "path": text.place, "text": text.text}, "", "json")


async def _or_why_not(
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
        why = f"{missing.message.removesuffix('.')}, and its runner cannot be asked: {refused.message}"
        raise TorcError(why, missing.hint) from refused


class _Shower:
    """Shows texts, and which file they are from whenever that changes."""

    def __init__(self) -> None:
        self._last: str | None = None

    def show(self, text: RelayedText) -> None:
        if text.stream != self._last and (text.text or self._last is None):
            say(f"==> {text.stream}: {text.place} (through the server) <==")
            self._last = text.stream
        show_text(text.text)


def _streams(stream: str | None) -> tuple[OutputStream, ...]:
    return BOTH_STREAMS if stream is None else (OutputStream(stream),)
