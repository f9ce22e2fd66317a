"""What a browser loads for a page: scripts and styles, compressed as the dashboard sends them."""

import gzip
import re
from importlib import resources

import jinja2
import jinja2.meta
import pytest

STATIC = resources.files("torc_dash") / "static"
ENVIRONMENT = jinja2.Environment(loader=jinja2.PackageLoader("torc_dash", "templates"), autoescape=True)
PAGES = sorted(name for name in ENVIRONMENT.list_templates() if name.startswith("pages/"))
FIRST_VISIT_BYTES, PAGE_BYTES = 60_000, 100_000
# Pages with an editor of source text.
EDITORS: frozenset[str] = frozenset({"pages/new.html"})
_NAMED = re.compile(r'"/static/([^"{]+\.(?:js|css))"')
_IMPORTED = re.compile(r"""(?:from|import)\s+["'](/static/|\./|\.\./)([^"']+\.js)["']""")


def templates_of(name: str) -> set[str]:
    """Return a template with the templates that it extends, includes and imports."""
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            assert ENVIRONMENT.loader is not None
            source = ENVIRONMENT.loader.get_source(ENVIRONMENT, one)[0]
            waiting += filter(None, jinja2.meta.find_referenced_templates(ENVIRONMENT.parse(source)))
    return found


def files_of(page: str) -> set[str]:
    """Return the scripts and styles of a page, with the scripts that these import at once."""
    assert ENVIRONMENT.loader is not None
    sources = [ENVIRONMENT.loader.get_source(ENVIRONMENT, one)[0] for one in templates_of(page)]
    waiting = [name for source in sources for name in _NAMED.findall(source)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            folder = name.rpartition("/")[0]
            text = (STATIC / name).read_text()
            waiting += [_resolved(folder, *match) for match in _IMPORTED.findall(text)] if name.endswith(".js") else []
    return found


def _resolved(folder: str, beginning: str, rest: str) -> str:
    base = {"/static/": "", "../": folder.rpartition("/")[0]}.get(beginning, folder)
    return f"{base}/{rest}".lstrip("/")


def weight_of(page: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in files_of(page))


def test_the_files_of_a_page_include_imported_scripts_and_those_of_its_parents():
    assert {"live/parts.js", "live/stream.js", "style.css", "tables.css"} <= files_of("pages/records.html")


def test_a_first_visit_is_light():
    assert weight_of("pages/workflows.html") <= FIRST_VISIT_BYTES


@pytest.mark.parametrize("page", [page for page in PAGES if page not in EDITORS])
def test_a_page_is_light(page: str):
    assert weight_of(page) <= PAGE_BYTES
