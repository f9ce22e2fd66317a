"""Check a document before anything is made of it."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from torc_client.errors import TorcError
from torc_client.portable import record_types as kinds
from torc_client.portable.record_types import Document, Kind, Record

_KINDS = (
    *kinds.WITHOUT_REFERENCES, kinds.ENTITIES, kinds.JOBS, kinds.ACTIONS, kinds.NODES, kinds.RESULTS, kinds.EVENTS,
)  # fmt: skip
T = TypeVar("T", bound=msgspec.Struct)


def read(source: str, text: str | bytes) -> Document:
    """Return the document that a text is. `source` names it in errors. Raises TorcError where it is none."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise TorcError(f"{source} is no JSON: {error}.", "Give a file that `torc workflows export` wrote.") from error
    except RecursionError as error:
        raise TorcError(f"{source} is nested too deeply.", "Give a file that `torc workflows export` wrote.") from error
    if not isinstance(document, dict) or "export_version" not in document or "workflow" not in document:
        raise TorcError(
            f"{source} is no exported workflow.",
            "Give a file that `torc workflows export` wrote; `torc create` takes specs.",
        )
    version = str(document["export_version"])
    if version.partition(".")[0] != kinds.FORMAT_VERSION.partition(".")[0]:
        raise TorcError(
            f"{source} has export version {version}; this torc reads {kinds.FORMAT_VERSION}.",
            "Export the workflow with this release, or update torc.",
        )
    _check(source, document)
    return document


def as_record(kind: type[T], record: Record, **others: Any) -> T:
    """Make a typed record. Raises msgspec.ValidationError."""
    return msgspec.convert({**record, **others}, kind)


def _check(source: str, document: Document) -> None:
    first = next(_problems(document), None)
    if first is not None:
        raise TorcError(f"{source}: {first}.", "Nothing was created.")


def _problems(document: Document) -> Iterator[str]:
    yield from _problems_of(kinds.WORKFLOW, "workflow", document["workflow"], {})
    known: dict[str, set[int]] = {}
    for kind in _KINDS:
        listed = document.setdefault(kind.name, [])
        if not isinstance(listed, list):
            yield f"{kind.name} is no list"
            return
        ids = [record.get("id") for record in listed if isinstance(record, dict)]
        known[kind.name] = {one for one in ids if isinstance(one, int)}
        if len(known[kind.name]) != len(listed):
            yield f"{kind.name} has records without an id, or two with the same"
            return
    known[kinds.SCHEDULERS] = known["slurm_schedulers"] | known["local_schedulers"]
    if not known["compute_nodes"]:
        # Results of another Torc name nodes that are not told of.
        known["compute_nodes"] = {record.get("compute_node_id") for record in document["results"]}
    for kind in _KINDS:
        for number, record in enumerate(document[kind.name]):
            yield from _problems_of(kind, f"{kind.name}[{number}]", record, known)


def _problems_of(kind: Kind, place: str, record: Any, known: dict[str, set[int]]) -> Iterator[str]:
    try:
        as_record(kind.record, record, workflow_id=kinds.WORKFLOW_ID)
    except (msgspec.ValidationError, TypeError) as error:
        yield f"{place}: {error}"
        return
    for member, referred in kind.references.items():
        for named in _ids(record.get(member)):
            if named not in known[referred]:
                yield f"{place}.{member} names {named}, which is not among its {referred}"


def _ids(value: Any) -> Iterable[int]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)
