"""The pages of the top bar and the tabs of a workflow, as data.

An entry is shown when the application has a route with its name. So a page appears in the navigation when its view is
registered, and needs one line here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from torc_dash import addresses


@dataclass(frozen=True)
class BarEntry:
    """A page of the top bar. `key` is also the name of its route."""

    key: str
    title: str
    address: Callable[[], str]


@dataclass(frozen=True)
class Tab:
    """A tab of a workflow. `route` is the name of its route, if it differs from the key."""

    key: str
    title: str
    address: Callable[[int], str]
    route: str = ""


@dataclass(frozen=True)
class Link:
    """An entry of the navigation on a page."""

    key: str
    title: str
    href: str
    chosen: bool


TOP_BAR = (
    BarEntry("workflows", "Workflows", addresses.workflows),
    BarEntry("cluster", "Cluster", addresses.cluster),
    BarEntry("new", "New", addresses.new),
    BarEntry("tasks", "Tasks", addresses.tasks),
    BarEntry("access-groups", "Access groups", addresses.access_groups),
    BarEntry("settings", "Settings", addresses.settings),
)


def _table(name: str) -> Callable[[int], str]:
    return lambda workflow_id: addresses.table(workflow_id, name)


TABS = (
    Tab("overview", "Overview", addresses.workflow),
    Tab("jobs", "Jobs", addresses.jobs),
    Tab("graph", "Graph", addresses.graph),
    Tab("timeline", "Timeline", addresses.timeline),
    Tab("resources", "Resources", addresses.resources),
    Tab("results", "Results", _table("results"), "table"),
    Tab("files", "Files", _table("files"), "table"),
    Tab("user-data", "Data", _table("user-data"), "table"),
    Tab("nodes", "Nodes", addresses.nodes),
    Tab("events", "Events", addresses.events),
    Tab("spec", "Spec", addresses.spec),
)


def top_bar(request: web.Request) -> tuple[Link, ...]:
    """Return the registered pages of the top bar; the one that the path of the request is below is chosen."""
    named = request.app.router.named_resources()
    return tuple(
        Link(one.key, one.title, one.address(), _is_below(request.path, one.address()))
        for one in TOP_BAR
        if one.key in named
    )


def tabs(request: web.Request, workflow_id: int, chosen: str) -> tuple[Link, ...]:
    """Return the registered tabs of a workflow."""
    named = request.app.router.named_resources()
    return tuple(
        Link(one.key, one.title, one.address(workflow_id), one.key == chosen)
        for one in TABS
        if (one.route or one.key) in named
    )


def _is_below(path: str, address: str) -> bool:
    return path == address or path.startswith(address + "/")
