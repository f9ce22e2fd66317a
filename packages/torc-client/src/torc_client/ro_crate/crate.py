"""The file `ro-crate-metadata.json`. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from torc_client.api.records import RoCrateEntityModel, WorkflowModel

FILE_NAME = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROV = {"prov": "http://www.w3.org/ns/prov#"}
_VERSION = "https://w3id.org/ro/crate/1.1"
_ROOT = "./"
_DATA = {"File", "Dataset"}


def crate(workflow: WorkflowModel, entities: Iterable[RoCrateEntityModel]) -> dict[str, Any]:
    """Return the crate of a workflow: its description, then each stored entity.

    An entity that describes the crate itself (`./`) overrides the description.
    """
    stored = {entity.entity_id: _node(entity) for entity in entities}
    own = {
        "@id": _ROOT,
        "@type": "Dataset",
        "name": workflow.name,
        "description": workflow.description or f"Workflow {workflow.name}",
        **({"datePublished": workflow.timestamp} if workflow.timestamp else {}),
        **({"author": {"@id": f"#{workflow.user}"}} if workflow.user else {}),
    }
    parts = [{"@id": name} for name, node in stored.items() if name != _ROOT and _types(node) & _DATA]
    root = {**own, "hasPart": parts, **stored.pop(_ROOT, {})}
    descriptor = {
        "@id": FILE_NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _VERSION},
        "about": {"@id": _ROOT},
    }
    stored.pop(FILE_NAME, None)
    author = {"@id": f"#{workflow.user}", "@type": "Person", "name": workflow.user}
    people = [author] if workflow.user and author["@id"] not in stored else []
    graph = [descriptor, root, *people, *stored.values()]
    has_prov = any(name.startswith("prov:") for node in graph for name in {*node, *_types(node)})
    return {"@context": [_CONTEXT, _PROV] if has_prov else _CONTEXT, "@graph": graph}


def _node(entity: RoCrateEntityModel) -> dict[str, Any]:
    return {**entity.metadata, "@id": entity.entity_id, "@type": entity.metadata.get("@type", entity.entity_type)}


def _types(node: Mapping[str, Any]) -> set[str]:
    kind = node["@type"]
    return set(kind) if isinstance(kind, list) else {kind}
