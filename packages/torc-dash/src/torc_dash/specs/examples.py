"""The examples that come with the dashboard. Each is a spec that runs in any folder."""

from dataclasses import dataclass
from importlib import resources

from aiohttp import web


@dataclass(frozen=True)
class Example:
    """A spec in YAML. Its first line is a comment with the title."""

    name: str
    title: str
    text: str


EXAMPLES: web.AppKey[dict[str, Example]] = web.AppKey("examples", dict)
# In the order in which they are offered.
_NAMES = ("hello", "diamond", "sweep", "failing")


def set_up(app: web.Application) -> None:
    """Read all examples, so that no request waits for the disk."""
    folder = resources.files("torc_dash") / "examples"
    texts = {name: (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in _NAMES}
    app[EXAMPLES] = {
        name: Example(name, text.partition("\n")[0].removeprefix("#").strip().rstrip("."), text)
        for name, text in texts.items()
    }
