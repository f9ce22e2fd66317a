"""Read and check a document before records are created from it."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from torc_client.errors import TorcError
from torc_client.portable import record_types
from torc_client.portable.record_types import Document, Record, RecordType

_RECORD_TYPES = (
    *record_types.WITHOUT_REFERENCES,
    record_types.ENTITIES,
    record_types.JOBS,
    record_types.ACTIONS,
    record_types.NODES,
    record_types.RESULTS,
    record_types.EVENTS,
)
T = TypeVar("T", bound=msgspec.Struct)


def read(source: str, text: str | bytes) -> Document:
    """Parse and check a document. `source` names it in errors. Raises TorcError if it is invalid."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise TorcError(
            f"{source} is not valid JSON: {error}.", "Use a file that `torc workflows export` wrote."
        ) from error
    except RecursionError as error:
        raise TorcError(f"{source} is nested too deeply.", "Use a file that `torc workflows export` wrote.") from error
    if not isinstance(document, dict) or "export_version" not in document or "workflow" not in document:
        raise TorcError(
            f"{source} is not an exported workflow.",
            "Use a file that `torc workflows export` wrote; `torc create` takes specs.",
        )
    version = str(document["export_version"])
    if version.partition(".")[0] != record_types.FORMAT_VERSION.partition(".")[0]:
        raise TorcError(
            f"{source} has export version {version}; this torc reads {record_types.FORMAT_VERSION}.",
            "Export the workflow with this version, or update torc.",
        )
    for record_type, record in _records(document):
        _drop_placeholders(record_type, record)
        _split_labels(record_type, record)
    _check(source, document)
    return document


def _records(document: Document) -> Iterator[tuple[RecordType, Record]]:
    for record_type in (*_RECORD_TYPES, record_types.WORKFLOW):
        listed = document.get(record_type.name)
        for record in listed if isinstance(listed, list) else [listed]:
            if isinstance(record, dict):
                yield record_type, record


def _drop_placeholders(record_type: RecordType, record: Record) -> None:
    """Remove what means "none" in documents of Torc 1.0: references to 0, an empty script."""
    for member in record_type.references:
        if type(record.get(member)) is int and record[member] == 0:
            del record[member]
    if record_type is record_types.JOBS and record.get("invocation_script") == "":
        del record["invocation_script"]


def _split_labels(record_type: RecordType, record: Record) -> None:
    """Convert labels with commas, which were separators in earlier versions, to several labels."""
    listed = record.get("labels")
    if record_type is record_types.JOBS and isinstance(record.get("label"), str) and "," in record["label"]:
        listed = [record.pop("label"), *(listed if isinstance(listed, list) else ())]
    elif record_type not in (record_types.JOBS, record_types.NODES) or not isinstance(listed, list):
        return
    if all(isinstance(label, str) for label in listed) and any("," in label for label in listed):
        parts = {part.strip() for label in listed for part in label.split(",")}
        record["labels"] = sorted(parts - {""})


def as_record(record_class: type[T], record: Record, **others: Any) -> T:
    """Convert to a typed record. Raises msgspec.ValidationError."""
    return msgspec.convert({**record, **others}, record_class)


def _check(source: str, document: Document) -> None:
    first = next(_problems(document), None)
    if first is not None:
        raise TorcError(f"{source}: {first}.", "Nothing was created.")


def _problems(document: Document) -> Iterator[str]:
    yield from _problems_of(record_types.WORKFLOW, "workflow", document["workflow"], {})
    known: dict[str, set[int]] = {}
    for record_type in _RECORD_TYPES:
        listed = document.setdefault(record_type.name, [])
        if not isinstance(listed, list):
            yield f"{record_type.name} is not a list"
            return
        ids = [record.get("id") for record in listed if isinstance(record, dict)]
        known[record_type.name] = {each for each in ids if isinstance(each, int)}
        if len(known[record_type.name]) != len(listed):
            yield f"{record_type.name} has records without an id, or two with the same"
            return
    known[record_types.SCHEDULERS] = known["slurm_schedulers"] | known["local_schedulers"]
    if not known["compute_nodes"]:
        # In documents of other Torc versions, results name nodes that the document does not have.
        known["compute_nodes"] = {record.get("compute_node_id") for record in document["results"]}
    for record_type in _RECORD_TYPES:
        for number, record in enumerate(document[record_type.name]):
            yield from _problems_of(record_type, f"{record_type.name}[{number}]", record, known)


def _problems_of(record_type: RecordType, place: str, record: Any, known: dict[str, set[int]]) -> Iterator[str]:
    try:
        as_record(record_type.record, record, workflow_id=record_types.WORKFLOW_ID)
    except (msgspec.ValidationError, TypeError) as error:
        yield f"{place}: {error}"
        return
    for member, referred in record_type.references.items():
        for named in _ids(record.get(member)):
            if named not in known[referred]:
                yield f"{place}.{member} is {named}, but {referred} has no record with this id"


def _ids(value: Any) -> Iterable[int]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)
