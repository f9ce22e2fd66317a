"""The OpenAPI document that ships with the client, read by commands and the fake server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class DocumentedOperation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    answer: Mapping[str, Any]

    @property
    def is_below_workflow(self) -> bool:
        """Whether its path, not its query, names the workflow."""
        return self.path.startswith("/workflows/{id}/")


@cache
def document() -> Mapping[str, Any]:
    """Return the whole document."""
    content: Mapping[str, Any] = json.loads(resources.files("torc_client").joinpath("openapi.json").read_bytes())
    return content


@cache
def described() -> Mapping[str, DocumentedOperation]:
    """Return all operations by id."""
    found = {}
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if "operationId" in operation:
                body = operation.get("requestBody")
                found[operation["operationId"]] = DocumentedOperation(
                    operation["operationId"],
                    method.upper(),
                    path,
                    operation["tags"][0],
                    operation.get("summary", ""),
                    tuple(operation.get("parameters", ())),
                    body["content"]["application/json"]["schema"] if body else None,
                    operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {}),
                )
    return found
