"""Resources: each page of the documentation and each example has an address."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from mcp.server.mcpserver.resources import FunctionResource, Resource

from torc_client.documents.examples import ShippedExample
from torc_client.documents.pages import DocumentPage
from torc_client.mcp.documents import Documents, piece_of

DOCS: Final = "torc://docs/"
EXAMPLES: Final = "torc://examples/"
_MARKDOWN: Final = "text/markdown"


def document_resources(documents: Documents) -> Iterator[Resource]:
    """Yield the resources of all pages and examples. Their texts are read when a client asks for them."""
    for topic, page in documents.pages.pages.items():
        yield FunctionResource(
            uri=f"{DOCS}{topic}", name=topic, title=page.title, mime_type=_MARKDOWN, fn=partial(_page_text, page)
        )
    for name, example in documents.examples.examples.items():
        kind = "application/yaml" if example.is_spec else "text/x-python"
        yield FunctionResource(
            uri=f"{EXAMPLES}{name}", name=name, title=example.title, mime_type=kind, fn=partial(_example_text, example)
        )


def _page_text(page: DocumentPage) -> str:
    piece = piece_of(page.text, 0)
    if piece.next_offset is None:
        return piece.text
    return f"{piece.text}\n(The page is longer: get_docs with topic {page.topic!r} and cursor '{piece.next_offset}'.)\n"


def _example_text(example: ShippedExample) -> str:
    piece = piece_of(example.text(), 0)
    if piece.next_offset is None:
        return piece.text
    return f"{piece.text}\n# The rest: get_example with name {example.name!r} and cursor '{piece.next_offset}'.\n"
