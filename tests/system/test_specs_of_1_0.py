"""Specs of the kinds that users of 1.0 have run with real programs, and their exports can be read in both versions."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.processes import EXAMPLES, Place, Server
from support.reading_as_1_0 import problems_for_1_0
from torc_client.runner_exit_code import RunnerExitCode

SPECS = EXAMPLES.parent / "packages/torc-client/tests/spec/specs_of_1_0"
KINDS = sorted(path.stem for path in SPECS.glob("*.yaml"))
# Their jobs need nodes of Slurm, or runners with labels.
ELSEWHERE = {"allocations", "labelled"}


@pytest.fixture
def folder(place: Place) -> Path:
    """The specs, and the files that they read, as the working directory."""
    place.directory = place.directory / "specs"
    shutil.copytree(SPECS, place.directory)
    (place.directory / "soil.txt").write_text("loam\n")
    return place.directory


@pytest.mark.parametrize("ending", ["yaml", "kdl"])
def test_they_run_to_their_end(place: Place, server: Server, folder: Path, ending: str) -> None:
    for number, kind in enumerate([each for each in KINDS if each not in ELSEWHERE], 1):
        place.run("torc", "run", f"{kind}.{ending}")
        jobs = place.torc("jobs", "list", str(number))["items"]
        assert {job["status"] for job in jobs} == {"completed"}, kind
    # Actions run in the output directory, those of one moment in any order.
    assert sorted((folder / "torc_output/log").read_text().split()) == ["early", "end", "ready", "start"]


def exported(place: Place, workflow_id: int) -> dict[str, Any]:
    text = place.run("torc", "workflows", "export", str(workflow_id), "--include-results", "--include-events").stdout
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_their_exports_are_read_in_both_versions(place: Place, server: Server, folder: Path, kind: str) -> None:
    created = place.torc("workflows", "create", f"{kind}.yaml")["workflow_id"]
    if kind in {"references", "failures", "growing", "triggers"}:
        place.run("torc", "run", str(created))
    document = exported(place, created)
    assert problems_for_1_0(document) == []
    (folder / "export.json").write_text(json.dumps(document))
    imported = place.torc("workflows", "import", "export.json")["workflow_id"]
    again = exported(place, imported)
    for name in ("jobs", "files", "user_data", "resource_requirements", "slurm_schedulers", "failure_handlers",
                 "workflow_actions", "ro_crate_entities"):  # fmt: skip
        assert again[name] == document[name], name


def test_runners_with_labels_run_the_jobs_with_them(place: Place, server: Server, folder: Path) -> None:
    place.torc("workflows", "create", "labelled.kdl")
    left = RunnerExitCode.STOPPED
    place.run("torc", "run", "1", status=left)
    place.run("torc", "run", "1", "--label", "gas,small", status=left)
    place.run("torc", "run", "1", "--label", "gas,big,small")
    nodes = {job["name"]: job["compute_node_id"] for job in place.torc("jobs", "list", "1")["items"]}
    assert [nodes[name] for name in ("prepare", "bake_small", "bake_big")] == sorted(set(nodes.values()))


def test_a_warning_is_printed_before_the_run(place: Place, server: Server) -> None:
    place.file("none.yaml", "name: none\njobs: []\n")
    ran = place.run("torc", "run", "none.yaml")
    assert "Warning: none.yaml:2:1: jobs: the workflow has no job; add at least one [SPEC043]" in ran.stderr
