"""Hooks of mkdocs for the pages in docs/ (named in mkdocs.yml): their order, their marks, their links.

The navigation is docs/README.md: each `##` is a part, each link below it a page, each `###` a section of a part.
"""

import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.hooks.docs_site")

HOME = "README.md"
FENCE = re.compile(r"^```(?P<language>\w+)(?P<marks>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_MARK = re.compile(r"\bfile=(\S+)")
LINK = re.compile(r"(?<!!)\[(?P<words>[^\]\[]*)\]\((?P<target>[^)\s]+)\)")
LOADED = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']?(?P<address>(?:https?:)?//[^"'\s>]+)""")


def on_config(config: Any) -> Any:
    """Set the navigation from the home page."""
    config.nav = [{"Home": HOME}, *navigation((Path(config.docs_dir) / HOME).read_text())]
    return config


def navigation(text: str) -> list[dict[str, Any]]:
    """Return the parts of a home page, with the pages of each, in order."""
    parts: list[dict[str, Any]] = []
    for heading in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        first, *below = re.split(r"^### ", heading, flags=re.MULTILINE)
        pages = listed(first) + [{part.partition("\n")[0]: listed(part)} for part in below]
        if pages:
            parts.append({first.partition("\n")[0]: pages})
    return parts


def listed(text: str) -> list[dict[str, Any]]:
    """Return the pages at the start of list items, each with its link text."""
    found = re.findall(r"^- \[([^\]]+)\]\(([^)#\s]+\.md)\)", text, flags=re.MULTILINE)
    return [{words: target} for words, target in found]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Convert a page of the repository into one for mkdocs."""
    return "".join(rewritten(markdown, posixpath.dirname(page.file.src_uri)))


def rewritten(markdown: str, folder: str) -> Iterator[str]:
    """Yield the parts of a page: blocks with a title instead of marks, links only to pages of the site."""
    end = 0
    for fence in FENCE.finditer(markdown):
        yield inside(markdown[end : fence.start()], folder)
        named = FILE_MARK.search(fence["marks"])
        title = f' title="{named[1]}"' if named else ""
        yield f"```{fence['language']}{title}\n{fence['text']}```"
        end = fence.end()
    yield inside(markdown[end:], folder)


def inside(prose: str, folder: str) -> str:
    """Replace links to files outside of docs/ by their paths in the repository."""

    def shown(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", folder, link["target"]))
        if ":" in link["target"] or link["target"].startswith("#") or target.startswith("docs/"):
            return link[0]
        return f"{link['words']} (`{target}`)"

    return LINK.sub(shown, prose)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Warn of a page that would load something from another site. A strict build fails on warnings."""
    for found in LOADED.finditer(output):
        if 'rel="canonical"' not in found[0]:
            log.warning("%s loads %s", page.file.src_uri, found["address"])
    return output
