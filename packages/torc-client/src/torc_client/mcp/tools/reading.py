"""Read and search the documentation and the examples. Nothing comes from the internet."""

import asyncio
from typing import Annotated, Final

from pydantic import Field

from torc_client.documents.examples import ShippedExample
from torc_client.errors import TorcError
from torc_client.mcp.answers import Answer, Cursor, Described, PageAnswer, offset_of
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.documents import EXAMPLES, piece_of
from torc_client.mcp.session import McpSession
from torc_client.spec.formats import Format

_SECTIONS_SHOWN: Final = 150

Words = Annotated[str, Field(min_length=1, max_length=500, description="Words, or a phrase in quotation marks")]
Few = Annotated[int, Field(ge=1, le=25)]


class Topic(Described):
    """A page of the documentation."""

    topic: str
    title: str


class Documentation(Answer):
    """A page of the documentation, or the list of all."""

    topics: list[Topic] | None = None
    """All pages, without `topic`."""

    topic: str | None = None
    title: str | None = None
    text: str | None = None
    """Markdown."""

    sections: list[str] | None = None
    """The sections of a page that is longer than an answer."""

    next_cursor: str | None = None
    """The cursor of the next piece."""


class Passed(Described):
    """A found section or example."""

    topic: str | None = None
    """For get_docs."""

    section: str | None = None
    example: str | None = None
    """For get_example."""

    title: str
    heading: str | None = None
    snippet: str


class SearchAnswer(PageAnswer):
    """The best sections, best first."""

    results: list[Passed]


class ExampleRow(Described):
    """An example."""

    name: str
    title: str
    kind: str
    """spec or script."""

    files: list[str]
    """Files that the spec needs."""


class ExampleList(Answer):
    """All examples."""

    examples: list[ExampleRow]


class ExampleText(Answer):
    """An example, or a file that it needs."""

    name: str
    title: str
    format: str
    description: str | None = None
    text: str
    files: list[str]
    """Files that the spec needs: get them with `file`."""

    next_cursor: str | None = None


async def get_docs(
    session: McpSession,
    *,
    topic: Annotated[str, Field(max_length=200)] | None = None,
    section: Annotated[str, Field(max_length=200)] | None = None,
    cursor: Cursor | None = None,
) -> Documentation:
    """Read a page of Torc's documentation, or one section of it. Without a topic, list all pages.

    Topics are as `how-to/write-specs`; the last word is enough. To find a page, use search_docs.
    """
    pages = session.documents.pages
    if topic is None:
        listed = await asyncio.to_thread(
            lambda: [Topic(topic=name, title=page.title) for name, page in pages.pages.items()]
        )
        return Documentation(topics=listed)
    offset = offset_of(cursor)
    page = await asyncio.to_thread(pages.page, topic)
    text = page.section(section) if section else page.text
    piece = piece_of(text, offset)
    is_long = piece.next_offset is not None and not section and offset == 0
    return Documentation(
        topic=page.topic,
        title=page.title,
        text=piece.text,
        sections=[each.anchor for each in page.sections() if each.heading][:_SECTIONS_SHOWN] if is_long else None,
        next_cursor=None if piece.next_offset is None else str(piece.next_offset),
    )


async def search_docs(
    session: McpSession, *, query: Words, limit: Few = 8, cursor: Cursor | None = None
) -> SearchAnswer:
    """Search the documentation and the examples of Torc. Best results first; read them with get_docs or get_example."""
    offset = offset_of(cursor)
    index = await asyncio.to_thread(lambda: session.documents.index)
    total, found = index.find(query, limit, offset)
    rows = [_passed(each.place, each.title, each.heading, each.snippet) for each in found]
    end = offset + len(rows)
    return SearchAnswer(results=rows, total_count=total, next_cursor=str(end) if rows and end < total else None)


def _passed(place: str, title: str, heading: str, snippet: str) -> Passed:
    if place.startswith(EXAMPLES):
        return Passed(example=place.removeprefix(EXAMPLES), title=title, snippet=snippet)
    topic, _, anchor = place.partition("#")
    return Passed(topic=topic, section=anchor or None, title=title, heading=heading or None, snippet=snippet)


async def list_examples(session: McpSession) -> ExampleList:
    """List example specs and scripts."""
    examples = await asyncio.to_thread(lambda: session.documents.examples.examples)
    return ExampleList(examples=[_row(each) for each in examples.values()])


def _row(example: ShippedExample) -> ExampleRow:
    kind = "spec" if example.is_spec else "script"
    return ExampleRow(name=example.name, title=example.title, kind=kind, files=list(example.other_files))


async def get_example(
    session: McpSession,
    *,
    name: Annotated[str, Field(max_length=200)],
    format: Format = Format.YAML,
    file: Annotated[str, Field(max_length=200, description="One of `files` in place of the spec")] | None = None,
    cursor: Cursor | None = None,
) -> ExampleText:
    """Read an example spec in a format of your choice, or with `file` a file that it needs."""
    example = await asyncio.to_thread(session.documents.examples.example, name)
    offset = offset_of(cursor)
    if file is not None:
        if file not in example.other_files:
            has = f"It has {', '.join(example.other_files)}." if example.other_files else "It has none."
            raise TorcError(f"The example {example.name} has no file {file!r}.", has)
        text, kind = (example.path.parent / file).read_text("utf-8", errors="replace"), "file"
    elif example.is_spec:
        text, kind = await asyncio.to_thread(example.text, format), format.value
    else:
        text, kind = example.text(), "python"
    piece = piece_of(text, offset)
    return ExampleText(
        name=example.name,
        title=example.title,
        format=kind,
        description=example.description if offset == 0 and file is None else None,
        text=piece.text,
        files=list(example.other_files),
        next_cursor=None if piece.next_offset is None else str(piece.next_offset),
    )


TOOLS: Final = (
    AssistantTool(search_docs, "Search the documentation"),
    AssistantTool(get_docs, "Read the documentation"),
    AssistantTool(list_examples, "List examples"),
    AssistantTool(get_example, "Read an example"),
)
