"""The operations of the document as callable descriptions: they bind arguments, send the request, read the answer."""

import inspect
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from torc.openapi_client.api_client import ApiClient
from torc.openapi_client.exceptions import ApiTypeError, ApiValueError
from torc.openapi_client.kinds import Kind, kind_of, plain
from torc.openapi_client.model_classes import snake_case
from torc.openapi_client.rest import RESTResponse
from torc_client.document import document
from torc_client.operation import Operation

_PAGE = ("offset", "limit", "sort_by", "reverse_sort")
# The order of optional parameters, for calls that pass them by position; the rest follows.
_ORDER: Mapping[str, Sequence[str]] = {
    "list_compute_nodes": _PAGE,
    "list_events": _PAGE,
    "list_files": ("produced_by_job_id", *_PAGE, "name", "path", "is_output"),
    "list_jobs": (
        *("status", "needs_file_id", "upstream_job_id", *_PAGE, "include_relationships", "active_compute_node_id"),
        *("origin_is_set", "name", "command", "labels"),
    ),
    "list_local_schedulers": _PAGE,
    "list_results": ("job_id", "run_id", "return_code", "status", "compute_node_id", *_PAGE),
    "list_ro_crate_entities": ("offset", "limit", "file_id", "entity_id", "sort_by", "reverse_sort"),
    "list_scheduled_compute_nodes": _PAGE,
    "list_slurm_schedulers": _PAGE,
    "list_user_data": ("consumer_job_id", "producer_job_id", *_PAGE),
    "list_workflows": (*_PAGE, "name", "user", "description", "is_archived", "access_group"),
    "claim_next_jobs": ("limit", "labels"),
}
_OPTIONS = ("_request_timeout", "_request_auth", "_content_type", "_headers", "_host_index")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an operation: a parameter of the path or query, or the body."""

    name: str
    wire_name: str
    place: str
    required: bool
    kind: Kind
    description: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of the document."""

    operation: Operation[Any]
    tag: str
    text: str
    arguments: tuple[Argument, ...]
    answers: Mapping[int, Kind]

    def signature(self) -> inspect.Signature:
        """Return the signature of its method."""
        plain_kinds = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter("self", plain_kinds)]
        for each in self.arguments:
            default = inspect.Parameter.empty if each.required else None
            annotation = each.kind.name if each.required or each.kind.nullable else f"{each.kind.name} | None"
            parameters.append(inspect.Parameter(each.name, plain_kinds, default=default, annotation=annotation))
        parameters += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in _OPTIONS]
        return inspect.Signature(parameters, return_annotation=self.answers[200].name)

    def send(self, client: ApiClient, values: Sequence[Any], keywords: Mapping[str, Any]) -> RESTResponse:
        """Perform the operation. Raises ApiException, ApiTypeError, ApiValueError."""
        options = {name: value for name, value in keywords.items() if name in _OPTIONS}
        given = self._bind(values, {name: value for name, value in keywords.items() if name not in options})
        places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}}
        for argument, value in given:
            places[argument.place][argument.wire_name] = value
        timeout = options.get("_request_timeout")
        return client.connection.call(
            self.operation,
            places["path"],
            places["query"],
            next(iter(places["body"].values()), None),
            headers={**client.headers, **(options.get("_headers") or {})},
            timeout_seconds=sum(timeout) if isinstance(timeout, tuple) else timeout,
        )

    def read(self, answer: RESTResponse) -> Any:
        """Return the content of an answer as its model."""
        return self.answers.get(answer.status, self.answers[200]).read(answer.json()) if answer.data else None

    def _bind(self, values: Sequence[Any], keywords: Mapping[str, Any]) -> list[tuple[Argument, Any]]:
        if len(values) > len(self.arguments):
            most = len(self.arguments)
            raise ApiTypeError(f"{self.operation.id}() takes at most {most} arguments, but {len(values)} were given")
        given = {argument.name: value for argument, value in zip(self.arguments, values, strict=False)}
        wire_names = {argument.wire_name: argument.name for argument in self.arguments}
        for keyword_name, value in keywords.items():
            name = wire_names.get(keyword_name, keyword_name)
            if name in given:
                raise ApiTypeError(f"{self.operation.id}() got two values for {name!r}")
            given[name] = value
        bound = []
        for argument in self.arguments:
            value = given.pop(argument.name, None)
            if value is not None:
                bound.append((argument, self._checked(argument, value)))
            elif argument.required:
                raise ApiTypeError(f"{self.operation.id}() needs a value for {argument.name!r}")
        if given:
            raise ApiTypeError(f"{self.operation.id}() has no parameter {next(iter(given))!r}")
        return bound

    def _checked(self, argument: Argument, value: Any) -> Any:
        try:
            return plain(argument.kind.check(value))
        except ApiValueError as error:
            raise ApiValueError(f"{self.operation.id}(): {argument.name}: {error}") from None


@cache
def calls() -> Mapping[str, Call]:
    """Return all operations by id, without streams."""
    found = {}
    for path, item in document()["paths"].items():
        for method, described in item.items():
            if "operationId" in described and "text/event-stream" not in described["responses"]["200"].get(
                "content", {}
            ):
                found[described["operationId"]] = _call(method.upper(), path, described)
    return found


def _call(method: str, path: str, described: Mapping[str, Any]) -> Call:
    operation_id = described["operationId"]
    return Call(
        Operation(operation_id, method, path, object),
        described["tags"][0],
        described.get("summary", ""),
        tuple(_arguments(operation_id, described)),
        {
            int(status): kind_of(_json_schema(answer))
            for status, answer in described["responses"].items()
            if status.startswith("2")
        },
    )


def _arguments(operation_id: str, described: Mapping[str, Any]) -> list[Argument]:
    parameters = [
        Argument(
            f"var_{each['name']}" if keyword.iskeyword(each["name"]) else each["name"],
            each["name"],
            each["in"],
            bool(each.get("required")),
            kind_of(each["schema"]),
            each.get("description", ""),
        )
        for each in described.get("parameters", ())
    ]
    order = _ORDER.get(operation_id, ())
    rank = {name: position for position, name in enumerate(order)}
    body = described.get("requestBody")
    bodies = [_body(_json_schema(body), is_required=bool(body.get("required", True)))] if body else []
    optional = sorted((each for each in parameters if not each.required), key=lambda e: rank.get(e.name, len(rank)))
    required_bodies = [each for each in bodies if each.required]
    other_bodies = [each for each in bodies if not each.required]
    return [*(each for each in parameters if each.required), *required_bodies, *other_bodies, *optional]


def _body(schema: Mapping[str, Any], *, is_required: bool) -> Argument:
    if "$ref" in schema:
        name = snake_case(schema["$ref"].rsplit("/", 1)[-1])
    else:
        name = "request_body" if schema.get("type") == "array" else "body"
    kind = kind_of(schema)
    return Argument(name, name, "body", is_required, kind)


def _json_schema(content: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = content.get("content", {}).get("application/json", {}).get("schema", {})
    return schema
