"""How a reader wants to see the pages. It is kept in a cookie of the browser; the server stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

COOKIE = "torc_view"
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class ReaderSetting:
    """A setting of the reader. The first option is the default."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    hint: str = ""


CHOICES = (
    ReaderSetting("theme", "Theme", (("system", "as the system"), ("light", "light"), ("dark", "dark"))),
    ReaderSetting(
        "zone", "Times", (("local", "in my time zone"), ("utc", "in UTC")), "Without scripts, times are in UTC."
    ),
    ReaderSetting("density", "Rows", (("normal", "normal"), ("dense", "dense"))),
    ReaderSetting(
        "keys",
        "Keys of one letter",
        (("on", "on"), ("off", "off")),
        "Switch them off if you use speech input. Ctrl-K always works.",
    ),
)


@dataclass(frozen=True)
class Preferences:
    """The chosen option of each setting."""

    theme: str = "system"
    zone: str = "local"
    density: str = "normal"
    keys: str = "on"


def read(values: Mapping[str, str]) -> Preferences:
    """Return the settings in `values`. Other options are replaced by the default."""
    chosen = {
        choice.name: values[choice.name]
        for choice in CHOICES
        if values.get(choice.name) in {option for option, _ in choice.options}
    }
    return Preferences(**chosen)


def of_request(request: web.Request) -> Preferences:
    """Return the settings of the browser that sent the request."""
    return read(dict(parse_qsl(request.cookies.get(COOKIE, "")[:500])))


def keep(response: web.StreamResponse, chosen: Preferences) -> None:
    """Let the browser keep the settings."""
    text = urlencode({choice.name: getattr(chosen, choice.name) for choice in CHOICES})
    response.set_cookie(COOKIE, text, max_age=_YEAR_SECONDS, httponly=True, samesite="Strict", path="/")


def values_for(request: web.Request) -> dict[str, object]:
    """Return the values of templates: `reader`, the settings."""
    return {"reader": of_request(request)}
