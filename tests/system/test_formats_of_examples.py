"""The example specs in all formats create the same workflows."""

from pathlib import Path
from typing import Any

import pytest

from support.processes import EXAMPLES, Place, Server

SPECS = sorted(EXAMPLES.glob("*/*.yaml"))


def exported(place: Place, spec: Path) -> dict[str, Any]:
    created = place.torc("workflows", "create", spec)
    document: dict[str, Any] = place.torc("workflows", "export", str(created["workflow_id"]))
    del document["exported_at"]
    return document


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_an_example_is_the_same_in_all_formats(place: Place, server: Server, spec: Path):
    as_it_stands = exported(place, spec)
    assert as_it_stands["jobs"]
    for ending in ("yaml", "json", "json5", "kdl"):
        other = place.directory / f"other.{ending}"
        place.run("torc", "spec", "convert", spec, other)
        place.run("torc", "spec", "check", other)
        assert exported(place, other) == as_it_stands, ending
