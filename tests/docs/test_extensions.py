"""Every extension of the contract stands in the table of the page on decisions."""

import json
from collections.abc import Iterator

from support.pages import ROOT

DOCUMENT = json.loads((ROOT / "packages/torc-client/src/torc_client/openapi.json").read_text())
PAGE = "docs/reference/api-decisions.md"


def extensions() -> Iterator[str]:
    """Yield the extensions as the page writes them: `METHOD /path` of operations, names of parameters and members."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation.get("x-torc-extension"):
                yield f"{method.upper()} {path}"
            else:
                yield from (each["name"] for each in operation["parameters"] if each.get("x-torc-extension"))
    for component in DOCUMENT["components"]["schemas"].values():
        for name, schema in component.get("properties", {}).items():
            if schema.get("x-torc-extension"):
                yield name


def test_the_page_names_every_extension():
    _, _, table = (ROOT / PAGE).read_text().partition("## Extensions")
    missing = sorted({each for each in extensions() if f"`{each}`" not in table})
    assert not missing, f"{PAGE}: add a row to the table of extensions for {missing}"
