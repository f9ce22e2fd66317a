"""The reader's settings, how to reach the server from elsewhere, and what this dashboard is."""

import os
import socket
from dataclasses import dataclass

from aiohttp import web

from torc_dash import addresses, preferences
from torc_dash.preferences import CHOICES, Preferences, ReaderSetting
from torc_dash.rendering import PAGE_CHROME, respond

# Everything that the form sends is one of a few short words.
_Words = dict[str, str]


@dataclass(frozen=True)
class Fact:
    """A line about this dashboard or its server. `code` is copied by the reader."""

    label: str
    code: str


@dataclass(frozen=True)
class SettingsPage:
    """The values of the template."""

    choices: tuple[ReaderSetting, ...]
    chosen: Preferences
    facts: tuple[Fact, ...]


async def page(request: web.Request) -> web.Response:
    """Show the settings."""
    chosen = preferences.of_request(request)
    return respond(request, "pages/settings.html", SettingsPage(CHOICES, chosen, _facts(request)))


async def save(request: web.Request) -> web.Response:
    """Let the browser keep the chosen settings."""
    form = await request.post()
    words: _Words = {name: value for name, value in form.items() if isinstance(value, str)}
    response = web.Response(status=303, headers={"Location": addresses.settings()})
    preferences.keep(response, preferences.read(words))
    return response


def _facts(request: web.Request) -> tuple[Fact, ...]:
    chrome = request.app[PAGE_CHROME]
    facts = [Fact("Server", chrome.server)]
    if chrome.worker_url:
        facts.append(Fact("For commands and runners on other machines", f"export TORC_API_URL={chrome.worker_url}"))
    host, port = socket.gethostname(), request.url.port or 80
    facts.append(Fact("To this dashboard from another machine", f"ssh -L {port}:{_target(request, port)} {host}"))
    facts += [Fact("Dashboard", f"torc-dash {chrome.version}"), Fact("Process", f"{os.getpid()} on {host}")]
    return tuple(facts)


def _target(request: web.Request, port: int) -> str:
    """Return where the dashboard listens: the path of its socket, or a port."""
    bound = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return bound if isinstance(bound, str) and bound else f"127.0.0.1:{port}"


ROUTES = (web.get("/settings", page, name="settings"), web.post("/settings", save, name="settings"))
