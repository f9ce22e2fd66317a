"""axe-core finds no violation on any page, in light, dark and forced colours, wide and narrow.

The pages are those of the route table, so a new page is tested without a change here, unless its address has a new
parameter: then EXAMPLES needs a value.
"""

import hashlib
import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from support import needs
from support.browsing import Visit, make_group, run_failed_workflow, tell
from support.processes import Place, Server
from torc_client.client import TorcClient
from torc_dash.app import ROUTES
from torc_dash.table_sources import SOURCES

pytestmark = needs.programs("chromium")

VENDOR = Path(__file__).parent / "vendor"
# Routes with other answers than pages: streams, data, downloads.
NOT_PAGES = frozenset({"live", "raw-log", "find", "failed-job", "spec-file", "export", "spec-schema"})
# Values of the parameters in addresses. Those of `id` are in `_filled`.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "name": tuple(SOURCES),
    "action": ("run", "initialize", "delete", "reset-jobs", "fit-resources", "change-requirements", "own-requirements"),
    "several": ("reset?ids=1", "delete"),
    "group_action": ("add-user", "remove-user?user=ann", "add-workflow?workflow=1", "remove-workflow?workflow=1"),
}

# A name, and a regular expression that has braces of its own at most once inside of others.
_PARAMETER = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
MODES: tuple[tuple[str, dict[str, Any], tuple[int, int]], ...] = (
    ("light", {"color_scheme": "light"}, (1280, 900)),
    ("dark", {"color_scheme": "dark"}, (390, 844)),
    ("forced colours", {"color_scheme": "dark", "forced_colors": "active"}, (1280, 900)),
)
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_FIND = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 4).map(
    (node) => `${node.html.slice(0, 160)} ${(node.any[0]?.message ?? "").slice(0, 160)}`).join(" | "));
}"""


def _patterns() -> list[str]:
    """Return the addresses of all pages with their parameters."""
    routes = [route for route in ROUTES if route.method == "GET" and route.kwargs.get("name") not in NOT_PAGES]
    return sorted({route.path for route in routes if not route.path.endswith(".csv")})


def _filled(pattern: str, ids: dict[str, int]) -> list[str]:
    """Return the addresses of a pattern, with examples in place of its parameters. `ids` are those below each path."""
    numbers = {"id": (str(ids.get(pattern.split("/")[1], 1)),)}
    names = _PARAMETER.findall(pattern)
    combinations = itertools.product(*((EXAMPLES | numbers)[name] for name in names))
    # The pieces between parameters are at even places: the pattern has one group.
    pieces = _PARAMETER.split(pattern)[::2]
    return ["".join(itertools.chain(*zip(pieces, (*values, ""), strict=True))) for values in combinations]


def test_axe_is_the_published_file():
    (file,) = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
    assert hashlib.sha256((VENDOR / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    assert (VENDOR / file["licence_file"]).is_file()


@pytest.mark.parametrize("pattern", _patterns())
def test_a_page_has_no_violation(server: Server, place: Place, visit: Visit, pattern: str):
    workflow_id = run_failed_workflow(place, server)
    ids = {
        "workflows": workflow_id,
        "jobs": _failed_job(server, workflow_id),
        "access-groups": make_group(server, workflow_id) if pattern.startswith("/access-groups") else 0,
    }
    found = []
    for path in _filled(pattern, ids):
        for mode, media, (width, height) in MODES:
            visit.page.set_viewport_size({"width": width, "height": height})
            visit.page.emulate_media(**media)
            visit.open(path)
            visit.page.evaluate((VENDOR / "axe.min.js.txt").read_text())
            found += [f"{path}, {mode}: {one}" for one in visit.page.evaluate(_FIND)]
            overflow = visit.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            found += [f"{path}, {mode}: {overflow} px wider than the window"] if overflow > 0 else []
    assert not found, "\n".join(found)


def _failed_job(server: Server, workflow_id: int) -> int:
    async def find(client: TorcClient) -> int | None:
        return (await client.jobs.list_jobs(workflow_id=workflow_id, name="simulate_2")).items[0].id

    found: int = tell(server, find)
    return found
