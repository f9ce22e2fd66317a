"""The variables of a workflow reach its jobs, also after an export and an import, and in jobs that are added later."""

import json

from support.processes import Place, Server

SPEC = """
name: variables
env: {SHAPE: round, COLOR: blue}
jobs:
  - {name: own, command: 'echo $SHAPE $COLOR > own.txt', env: {COLOR: red}}
"""


def test_variables_of_the_workflow_are_those_of_its_jobs(place: Place, server: Server) -> None:
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    place.torc("jobs", "create", "1", "--name", "added", "--command", "echo $SHAPE $COLOR > added.txt")
    place.run("torc", "run", "1")
    assert (place.directory / "own.txt").read_text() == "round red\n"
    assert (place.directory / "added.txt").read_text() == "round blue\n"
    place.run("torc", "workflows", "export", "1", "-o", "exported.json")
    exported = json.loads((place.directory / "exported.json").read_text())
    for job in exported["jobs"]:
        if job["name"] == "added":
            del job["env"]  # as in an export of an older server
    place.file("older.json", json.dumps(exported))
    place.torc("workflows", "import", "older.json")
    jobs = {job["name"]: job["env"] for job in place.torc("jobs", "list", "2")["items"]}
    assert jobs == {"own": {"SHAPE": "round", "COLOR": "red"}, "added": {"SHAPE": "round", "COLOR": "blue"}}
