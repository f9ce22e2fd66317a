"""Hooks of mkdocs for the blocks of a page (see mkdocs.yml): commands are copied alone, diagrams are drawn offline.

The theme's copy button takes what `data-copy` of a block says, and its script draws diagrams with the library that a
page has loaded before it. Only pages with a diagram load the library, because it has megabytes.
"""

import html
import logging
import posixpath
import re
import shutil
import sys
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.hooks.docs_site_blocks")

LIBRARY = Path(sys.prefix, "mermaid")
"""Where tools/docs_diagrams.py puts the library and its licence."""
SCRIPT = "mermaid.tiny.js"
LICENCE = "mermaid.LICENSE.txt"
PROMPT = "$ "
CONSOLE = '<div class="language-console highlight">'
DIAGRAM = 'class="mermaid"'
TAG = re.compile(r"<[^<>]+>")
THEME_SCRIPT = re.compile(r'<script src="[^"<>]*/?assets/javascripts/bundle')


def on_post_build(config: Any, **_: Any) -> None:
    """Copy the library that draws diagrams, and its licence, into the site."""
    for name in (SCRIPT, LICENCE):
        if (LIBRARY / name).is_file():
            shutil.copy(LIBRARY / name, Path(config.site_dir, "assets", name))
        else:
            log.warning("%s does not exist: run tools/docs_diagrams.py in the environment of mkdocs", LIBRARY / name)


def on_page_content(content: str, **_: Any) -> str:
    """Mark each block of commands with what its button copies."""
    first, *blocks = content.split(CONSOLE)
    return first + "".join(map(_marked, blocks))


def _marked(block: str) -> str:
    """Return a console block, and what follows it, with its commands as the text to copy."""
    code = block.partition("<code>")[2].partition("</code>")[0]
    commands = copied(html.unescape(TAG.sub("", code)))
    if not commands:
        return CONSOLE + block
    return f'{CONSOLE.removesuffix(">")} data-copy="{html.escape(commands)}">{block}'


def copied(shown: str) -> str:
    """Return the commands of a block without prompts and without output; a command continues after a backslash."""
    kept, continued = [], False
    for line in shown.splitlines():
        is_command = continued or line.startswith(PROMPT)
        if is_command:
            kept.append(line if continued else line.removeprefix(PROMPT))
        continued = is_command and line.endswith("\\")
    return "\n".join(kept)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Load the library that draws diagrams before the script of the theme, on pages that have one."""
    if DIAGRAM not in output:
        return output
    address = posixpath.relpath(f"assets/{SCRIPT}", posixpath.dirname(page.file.dest_uri) or ".")
    loaded, number = THEME_SCRIPT.subn(lambda found: f'<script src="{address}"></script>{found[0]}', output, count=1)
    if number == 0:
        log.warning("%s has a diagram and no script of the theme", page.file.src_uri)
    return loaded
