"""The entities of RO-Crates that an initialization makes."""

import sys
from pathlib import Path
from typing import Any

from torc_server.version import __version__, source_commit

PROGRAM = str(Path(sys.argv[0]).absolute())


async def entities(api: Any, workflow_id: int) -> dict[str, Any]:
    items = (await api.ok("GET", f"/workflows/{workflow_id}/ro_crate_entities"))["items"]
    named = {each["entity_id"]: each for each in items}
    assert len(named) == len(items)
    return named


async def add_file(api: Any, workflow_id: int, path: str, st_mtime: float | None = 1_700_000_000.9) -> Any:
    body = {"workflow_id": workflow_id, "name": path, "path": path, "st_mtime": st_mtime}
    return await api.ok("POST", "/files", body)


async def test_each_run_describes_the_server(api: Any) -> None:
    workflow_id = await api.workflow()
    await add_file(api, workflow_id, "a.csv")
    for _ in range(2):
        await api.initialize(workflow_id)
    (first,) = (await entities(api, workflow_id)).values()
    assert {name: value for name, value in first.items() if name != "id"} == {
        "workflow_id": workflow_id,
        "entity_id": "#software-torc-server-run-id-0",
        "entity_type": "SoftwareApplication",
        "metadata": {
            "@id": "#software-torc-server-run-id-0",
            "@type": ["SoftwareApplication", "prov:SoftwareAgent"],
            "name": "torc-server",
            "version": __version__,
            "url": PROGRAM,
            "torc:git_hash": source_commit(),
        },
    }
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status")
    await api.initialize(workflow_id)
    runs = await entities(api, workflow_id)
    assert list(runs) == ["#software-torc-server-run-id-0", "#software-torc-server-run-id-1"]


async def test_files_with_a_time_are_described(api: Any) -> None:
    workflow_id = await api.workflow(enable_ro_crate=True)
    file = await add_file(api, workflow_id, "in/a.CSV")
    await add_file(api, workflow_id, "b.unknown", 1e300)
    await add_file(api, workflow_id, "absent.txt", None)
    await api.initialize(workflow_id)
    made = await entities(api, workflow_id)
    assert list(made)[1:] == ["in/a.CSV", "b.unknown"]
    assert made["in/a.CSV"].items() >= {"file_id": file["id"], "entity_type": "File"}.items()
    described = {
        "@id": "in/a.CSV",
        "@type": ["File", "prov:Entity"],
        "name": "a.CSV",
        "encodingFormat": "text/csv",
        "dateModified": "2023-11-14T22:13:20+00:00",
    }
    assert made["in/a.CSV"]["metadata"] == described
    assert made["b.unknown"]["metadata"]["encodingFormat"] == "application/octet-stream"
    assert "dateModified" not in made["b.unknown"]["metadata"]
    # The members of the server are replaced in the next run, and those of a client stay.
    stored = made["in/a.CSV"]
    changed = {**stored, "metadata": {**described, "name": "old", "sha256": "12"}}
    await api.ok("PUT", f"/ro_crate_entities/{stored['id']}", changed)
    await api.ok("PUT", f"/files/{file['id']}", {**file, "st_mtime": 1_700_000_001})
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status")
    await api.initialize(workflow_id)
    again = (await entities(api, workflow_id))["in/a.CSV"]
    assert again["id"] == stored["id"]
    assert again["metadata"] == {**described, "dateModified": "2023-11-14T22:13:21+00:00", "sha256": "12"}


async def test_files_that_a_client_described_are_not_described_twice(api: Any) -> None:
    workflow_id = await api.workflow(enable_ro_crate=True)
    published, folder = await add_file(api, workflow_id, "a.txt"), await add_file(api, workflow_id, "parts")
    await add_file(api, workflow_id, "b.txt")
    of = {"workflow_id": workflow_id}
    for entity_id, kind, file_id, metadata in (
        ("https://doi.org/1", "File", published["id"], {"name": "A"}),
        ("parts/", "Dataset", folder["id"], {"name": "Parts"}),
        ("b.txt", "File", None, {"@type": "File", "name": "The table", "encodingFormat": "text/x-table"}),
    ):
        body = {**of, "entity_id": entity_id, "entity_type": kind, "metadata": metadata}
        await api.ok("POST", "/ro_crate_entities", body | ({"file_id": file_id} if file_id else {}))
    for _ in range(2):
        await api.initialize(workflow_id)
    made = await entities(api, workflow_id)
    assert set(made) == {"https://doi.org/1", "parts/", "b.txt", "#software-torc-server-run-id-0"}
    assert made["https://doi.org/1"]["metadata"] == {"name": "A"}
    assert made["b.txt"]["metadata"] == {
        "@id": "b.txt",
        "@type": "File",
        "name": "The table",
        "encodingFormat": "text/x-table",
        "dateModified": "2023-11-14T22:13:20+00:00",
    }


async def test_two_files_of_one_path_have_one_entity(api: Any) -> None:
    workflow_id = await api.workflow(enable_ro_crate=True)
    first = await add_file(api, workflow_id, "a.txt")
    await api.ok("POST", "/files", {**first, "name": "again"})
    for _ in range(2):
        await api.initialize(workflow_id)
    assert (await entities(api, workflow_id))["a.txt"]["file_id"] == first["id"]
