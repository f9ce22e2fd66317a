"""A resource file and a migration, as in the how-to page, add a resource to a copy of server and client."""

import json
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.pages import ROOT, blocks
from support.processes import Place, Server

PAGE = ROOT / "docs" / "how-to" / "add-a-resource.md"
SOURCES = ("packages/torc-server/src", "packages/torc-client/src")
OPERATIONS = {
    ("get", "/notes"): "list_notes",
    ("post", "/notes"): "create_note",
    ("delete", "/notes"): "delete_notes",
    ("get", "/notes/{id}"): "get_note",
    ("put", "/notes/{id}"): "update_note",
    ("delete", "/notes/{id}"): "delete_note",
}
SCRIPT = """
import json, sys
from torc_client import Torc
from torc_client.api.records import NoteModel, WorkflowModel

with Torc() as torc:
    workflow = torc.workflows.create_workflow(WorkflowModel(name="w", user="ann"))
    first = torc.notes.create_note(NoteModel(workflow_id=workflow.id, text="Watch the memory"))
    second = torc.notes.create_note(NoteModel(workflow_id=workflow.id, text="done", is_pinned=True))
    torc.notes.update_note(first.id, NoteModel(workflow_id=workflow.id, text="Watch the MEMORY"))
    found = torc.notes.list_notes(workflow_id=workflow.id, text="memory").items
    print(json.dumps([workflow.id, first.id, second.id, [note.text for note in found]]))
"""


@pytest.fixture
def house(place: Place) -> Place:
    """A copy of both packages with the files of the page and a client generated from it."""
    for source in SOURCES:
        shutil.copytree(ROOT / source, place.directory / source, ignore=shutil.ignore_patterns("__pycache__"))
    added = [place.file(block.marks["file"], block.text) for block in blocks(PAGE) if "file" in block.marks]
    assert [path.suffix for path in added] == [".sql", ".py"], "one migration and one resource file"
    place.environment["PYTHONPATH"] = ":".join(str(place.directory / source) for source in SOURCES)
    package = place.directory / SOURCES[1] / "torc_client"
    place.run(sys.executable, ROOT / "tools/openapi_client/generate.py", "--package", package)
    return place


@pytest.fixture
def guarded(house: Place) -> Iterator[Server]:
    """A server of the copy with access control and the users ann and bob. Commands run as ann."""
    passwords = house.directory / "htpasswd"
    for user in ("ann", "bob"):
        house.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, user, "-p", f"{user} is here", "-c", "4")
    house.environment |= as_user("ann")
    rules = ("--auth-file", str(passwords), "--require-auth", "--enforce-access-control")
    with Server(house, *rules) as server:
        yield server


def as_user(user: str) -> dict[str, str]:
    return {"TORC_USERNAME": user, "TORC_PASSWORD": f"{user} is here"}


def script(house: Place, text: str) -> Any:
    return json.loads(house.run(sys.executable, "-c", text).stdout)


def test_the_document_has_the_operations_and_the_record_of_the_resource(house: Place) -> None:
    document = json.loads((house.directory / SOURCES[1] / "torc_client/openapi.json").read_text())
    for (method, path), identity in OPERATIONS.items():
        operation = document["paths"][path][method]
        assert operation["operationId"] == identity
        assert operation["tags"] == ["notes"]
        assert operation["x-torc-extension"] is True
    record = document["components"]["schemas"]["NoteModel"]
    assert record["required"] == ["text", "workflow_id"]
    assert record["properties"]["text"] == {"type": "string", "maxLength": 1000, "description": "Text of the note."}
    query = {part["name"] for part in document["paths"]["/notes"]["get"]["parameters"]}
    assert {"workflow_id", "text", "is_pinned", "limit", "sort_by"} <= query


def test_client_and_command_work_and_other_users_are_refused(house: Place, guarded: Server) -> None:
    workflow_id, first, second, found = script(house, SCRIPT)
    assert found == ["Watch the MEMORY"]

    assert house.torc("notes", "list", workflow_id, "--is-pinned")["items"] == [
        {"id": second, "workflow_id": workflow_id, "text": "done", "is_pinned": True}
    ]
    assert house.torc("notes", "get", first)["text"] == "Watch the MEMORY"
    table = house.run("torc", "notes", "list", workflow_id, "--sort-by", "text", "--reverse-sort").stdout
    assert f"Notes of workflow {workflow_id} (w)" in table
    assert table.splitlines()[-1] == "Total: 2 notes"
    assert "Only notes whose text contains this." in house.run("torc", "notes", "list", "--help").stdout
    assert "Notes of a workflow: create, delete" in house.run("torc", "--help").stdout

    house.environment |= as_user("bob")
    for words in (["list", workflow_id], ["get", first]):
        refused = house.run("torc", "notes", *words, status=None)
        assert refused.returncode != 0
        assert "no access" in refused.stderr
    answers = script(house, EVERY_OPERATION.format(workflow_id=workflow_id, note_id=first))
    # Other users get the same empty list as for a workflow that does not exist.
    hidden = dict.fromkeys(["list_notes", "delete_notes"], "NotFoundError")
    assert answers == {**dict.fromkeys(OPERATIONS.values(), "ForbiddenError"), **hidden}

    house.environment |= as_user("ann")
    missing = house.run("torc", "notes", "get", "999", status=None)
    assert "There is no note 999" in missing.stderr
    script(
        house,
        f"from torc_client import Torc\nwith Torc() as torc: torc.workflows.delete_workflow({workflow_id})\nprint(1)",
    )
    assert f"There is no note {first}" in house.run("torc", "notes", "get", first, status=None).stderr


EVERY_OPERATION = """
import json
from torc_client import Torc
from torc_client.api.records import NoteModel
from torc_client.errors import TorcError

body = NoteModel(workflow_id={workflow_id}, text="mine now")
calls = dict(
    list_notes=lambda notes: notes.list_notes(workflow_id={workflow_id}),
    create_note=lambda notes: notes.create_note(body),
    delete_notes=lambda notes: notes.delete_notes(workflow_id={workflow_id}),
    get_note=lambda notes: notes.get_note({note_id}),
    update_note=lambda notes: notes.update_note({note_id}, body),
    delete_note=lambda notes: notes.delete_note({note_id}),
)
answers = dict()
with Torc() as torc:
    for name, call in calls.items():
        try:
            call(torc.notes)
            answers[name] = "done"
        except TorcError as error:
            answers[name] = type(error).__name__
print(json.dumps(answers))
"""


def test_the_checks_of_every_resource_pass(house: Place) -> None:
    gates = ["tests/architecture/test_tables.py", "packages/torc-server/tests/resources/test_declarations.py"]
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "note or scans_no_table"]
    found = house.run(*words, "--rootdir", ROOT, "-c", ROOT / "tox.ini", *(ROOT / gate for gate in gates))
    assert "5 passed" in found.stdout
