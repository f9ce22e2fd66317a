"""Specs of the kinds that users of 1.0 have, in its spelling: the same workflow in every format, without a warning."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from torc_client.spec import Plan, load

FOLDER = Path(__file__).parent / "specs_of_1_0"
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def json5_of(value: Any, indent: str = "") -> str:
    """Return JSON5 as people write it: names without quotes, texts in single quotes, comments, commas at the end."""
    within = indent + "  "
    if isinstance(value, dict):
        members = "".join(
            f"{within}// {key}\n{within}{key}: {json5_of(each, within)},\n" for key, each in value.items()
        )
        return f"{{\n{members}{indent}}}"
    if isinstance(value, list):
        return f"[{''.join(f'{json5_of(each, within)}, ' for each in value)}]"
    if isinstance(value, str):
        return "'" + json.dumps(value)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return json.dumps(value)


WRITERS: dict[str, Callable[[Any], str]] = {
    "json": lambda document: json.dumps(document, indent=2),
    "json5": lambda document: f"/* a spec */\n{json5_of(document)}\n",
}


@pytest.fixture(autouse=True)
def in_their_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of parameters are found from the current directory."""
    monkeypatch.chdir(FOLDER)


def content(plan: Plan) -> dict[str, Any]:
    """Return what would be created."""
    return {name: getattr(plan, name) for name in plan.__slots__ if name != "source"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["kdl", *WRITERS])
def test_a_spec_is_the_same_in_every_format(tmp_path: Path, kind: str, ending: str) -> None:
    original = load(f"{kind}.yaml")
    path = FOLDER / f"{kind}.{ending}"
    if ending in WRITERS:
        path = tmp_path / f"{kind}.{ending}"
        path.write_text(WRITERS[ending](yaml.safe_load(Path(f"{kind}.yaml").read_text())))
    assert content(load(str(path))) == content(original)
    assert original.warnings == []


def edges(plan: Plan) -> dict[str, list[str]]:
    names = [job.record["name"] for job in plan.jobs]
    return {job.record["name"]: [names[number] for number in job.parents] for job in plan.jobs if job.parents}


def test_the_sizes_and_edges_of_the_workflows() -> None:
    plans = {kind: load(f"{kind}.yaml") for kind in KINDS}
    assert {kind: len(plan.jobs) for kind, plan in plans.items()} == {
        "allocations": 5, "constants": 2, "direct": 2, "everything_plain": 2, "failures": 2, "growing": 1, "islands": 4,
        "labelled": 3, "monitored": 1, "numbered": 101, "references": 3, "stages": 42, "sweep": 19, "tables": 4,
        "triggers": 3, "zipped": 3,
    }  # fmt: skip
    assert [job.record.get("labels") for job in plans["labelled"].jobs] == [None, ["gas", "big"], ["gas", "small"]]
    assert edges(plans["everything_plain"]) == {"sum": ["enter"]}
    assert len(edges(plans["numbered"])["string"]) == 100
    assert edges(plans["stages"])["run_2_07"] == ["baton_1"]
    assert len(plans["sweep"].jobs[-1].input_files) == 18
    assert plans["sweep"].jobs[0].record["command"].endswith("> m/0.001_16_adam")
    assert [job.record["name"] for job in plans["zipped"].jobs] == ["rome_2001", "oslo_2002", "lima_2003"]
    assert [job.record["command"] for job in plans["tables"].jobs] == ["echo 10", "echo 20", "echo 24", "echo 80"]
    assert [len(action.jobs) for action in plans["triggers"].actions] == [0, 0, 1, 2, 0, 0]
