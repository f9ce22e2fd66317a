"""The entities of an RO-Crate that the server makes: itself in each run, and the files of a workflow with a crate."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from torc_server.engine.ids import RunId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction
from torc_server.version import __version__, program_path, source_commit

UNKNOWN_MEDIA_TYPE = "application/octet-stream"
MEDIA_TYPES = {
    "text/plain": ("txt", "log", "out", "err", "dat"),
    "text/csv": ("csv",),
    "text/tab-separated-values": ("tsv",),
    "text/markdown": ("md",),
    "text/html": ("html", "htm"),
    "text/css": ("css",),
    "text/javascript": ("js", "mjs"),
    "text/x-python": ("py",),
    "text/x-shellscript": ("sh", "bash"),
    "text/x-c": ("c", "h"),
    "text/x-r": ("r",),
    "text/x-julia": ("jl",),
    "application/json": ("json", "geojson"),
    "application/jsonl": ("jsonl", "ndjson"),
    "application/yaml": ("yaml", "yml"),
    "application/toml": ("toml",),
    "application/xml": ("xml",),
    "application/sql": ("sql",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip",),
    "application/gzip": ("gz", "tgz"),
    "application/x-bzip2": ("bz2",),
    "application/x-xz": ("xz",),
    "application/zstd": ("zst",),
    "application/x-tar": ("tar",),
    "application/x-hdf5": ("h5", "hdf5"),
    "application/x-netcdf": ("nc", "nc4"),
    "application/vnd.apache.parquet": ("parquet",),
    "application/vnd.apache.arrow.file": ("arrow", "feather"),
    "application/vnd.sqlite3": ("db", "sqlite", "sqlite3"),
    "application/x-ipynb+json": ("ipynb",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/svg+xml": ("svg",),
    "image/tiff": ("tif", "tiff"),
    "video/mp4": ("mp4",),
}
_BY_EXTENSION = {f".{extension}": kind for kind, extensions in MEDIA_TYPES.items() for extension in extensions}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Several entities of one id or file are possible in databases of earlier versions: the first one counts.
ENTITY = Statement("""
SELECT id FROM ro_crate_entity WHERE workflow_id = :workflow_id AND entity_id = :entity_id ORDER BY id LIMIT 1
""")
FILES_WITH_ENTITIES = Statement("""
SELECT file.id, file.path, file.st_mtime, described.id AS described_by,
    entity.id AS entity, entity.file_id AS entity_file, entity.entity_type, entity.metadata
FROM file
LEFT JOIN (
    SELECT file_id, MIN(id) AS id FROM ro_crate_entity
    WHERE workflow_id = :workflow_id AND file_id IS NOT NULL GROUP BY file_id
) AS described ON described.file_id = file.id
LEFT JOIN (
    SELECT entity_id, MIN(id) AS id FROM ro_crate_entity WHERE workflow_id = :workflow_id GROUP BY entity_id
) AS named ON named.entity_id = file.path
LEFT JOIN ro_crate_entity AS entity ON entity.id = named.id
WHERE file.workflow_id = :workflow_id AND file.st_mtime IS NOT NULL ORDER BY file.id
""")
ADD = Statement("""
INSERT INTO ro_crate_entity (workflow_id, file_id, entity_id, entity_type, metadata)
VALUES (:workflow_id, :file_id, :entity_id, :entity_type, :metadata)
""")
CHANGE = Statement("UPDATE ro_crate_entity SET metadata = :metadata WHERE id = :id")


def describe_run(tx: Transaction, workflow_id: WorkflowId, run_id: RunId, *, has_crate: bool) -> None:
    """Make the entities of a run, or refresh them. Of a crate that was not asked for, the server alone is described."""
    _describe_server(tx, workflow_id, run_id)
    if has_crate:
        _describe_files(tx, workflow_id)


def _describe_server(tx: Transaction, workflow_id: WorkflowId, run_id: RunId) -> None:
    entity_id = f"#software-torc-server-run-id-{run_id}"
    metadata = {
        "@id": entity_id,
        "@type": ["SoftwareApplication", "prov:SoftwareAgent"],
        "name": "torc-server",
        "version": __version__,
        "url": program_path(),
        "torc:git_hash": source_commit(),
    }
    stored = tx.value(ENTITY, {"workflow_id": workflow_id, "entity_id": entity_id})
    if stored is None:
        entity = {"entity_id": entity_id, "entity_type": "SoftwareApplication", "file_id": None}
        tx.execute(ADD, {"workflow_id": workflow_id, **entity, "metadata": json.dumps(metadata)})
    else:
        tx.execute(CHANGE, {"id": stored, "metadata": json.dumps(metadata)})


def _describe_files(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Describe each file whose time is known.

    Of an entity that belongs to the file, the members of the server are replaced and others stay. Of an entity that a
    user made for the path, only missing members are added. A file that has an entity with another id keeps that alone.
    """
    added = set()
    for row in tx.rows(FILES_WITH_ENTITIES, {"workflow_id": workflow_id}):
        metadata = _file_metadata(row["path"], row["st_mtime"])
        if row["entity"] is None:
            if row["described_by"] is None and row["path"] not in added:
                added.add(row["path"])
                entity = {"entity_id": row["path"], "entity_type": "File", "file_id": row["id"]}
                tx.execute(ADD, {"workflow_id": workflow_id, **entity, "metadata": json.dumps(metadata)})
        elif row["entity_type"] == "File" and row["entity_file"] in {None, row["id"]}:
            before = _members(row["metadata"])
            is_own = row["entity_file"] is not None
            after = {**before, **metadata} if is_own else {**metadata, **before, **_time_of(metadata)}
            if after != before:
                tx.execute(CHANGE, {"id": row["entity"], "metadata": json.dumps(after)})


def _file_metadata(path: str, modified_seconds: float) -> dict[str, Any]:
    place = PurePosixPath(path)
    metadata = {
        "@id": path,
        "@type": ["File", "prov:Entity"],
        "name": place.name or path,
        "encodingFormat": _BY_EXTENSION.get(place.suffix.lower(), UNKNOWN_MEDIA_TYPE),
    }
    try:
        modified = _EPOCH + timedelta(seconds=int(modified_seconds))
    except (OverflowError, ValueError):
        return metadata
    return {**metadata, "dateModified": modified.isoformat()}


def _time_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: metadata[name] for name in ("dateModified",) if name in metadata}


def _members(text: str) -> dict[str, Any]:
    """Return the members of stored metadata. Metadata that are not an object, from another program, count as empty."""
    try:
        members = json.loads(text)
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}
