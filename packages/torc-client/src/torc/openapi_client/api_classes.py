"""Make the API classes, one for each tag of the document, with methods for its operations."""

from functools import cache
from typing import Any

from torc.openapi_client.api_client import ApiClient
from torc.openapi_client.api_response import ApiResponse
from torc.openapi_client.calls import Call, calls
from torc.openapi_client.rest import RESTResponse

MODULE = "torc.openapi_client.api"
VARIANTS = ("_with_http_info", "_without_preload_content")


class Api:
    """The operations of one tag. Each has three methods, which differ in what they return.

    `get_job` returns the model, `get_job_with_http_info` an ApiResponse, `get_job_without_preload_content` the answer
    as the server sent it. `_request_timeout` limits the seconds of a call, `_headers` are additional headers.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        self.api_client = api_client or ApiClient.get_default()


class DefaultApi:
    """All operations of a server in one object: `api.create_workflow(...)`, `api.list_jobs(workflow_id)`."""

    def __init__(self, api_client: ApiClient | None = None) -> None:
        self.api_client = api_client or ApiClient.get_default()

    def __getattr__(self, name: str) -> Any:
        tag = _tag_of(name)
        if tag is None:
            raise AttributeError(f"the server has no operation {name!r}", name=name, obj=self)
        method = getattr(api_class(class_name(tag))(self.api_client), name)
        setattr(self, name, method)
        return method

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *calls()])

    def __reduce__(self) -> Any:
        return type(self), (self.api_client,)


def _tag_of(name: str) -> str | None:
    for variant in VARIANTS:
        name = name.removesuffix(variant)
    call = calls().get(name)
    return None if call is None else call.tag


def class_name(tag: str) -> str:
    """Return the name of the class of a tag: `JobsApi` for `jobs`."""
    return "".join(word.capitalize() for word in tag.split("_")) + "Api"


@cache
def tags() -> dict[str, str]:
    """Return the tags by the names of their classes."""
    return {class_name(tag): tag for tag in sorted({call.tag for call in calls().values()})}


@cache
def api_class(name: str) -> type[Api]:
    """Return the class with this name. Raises KeyError."""
    tag = tags()[name]
    namespace: dict[str, Any] = {
        "__module__": MODULE,
        "__doc__": f"The operations on {tag.replace('_', ' ')}.",
    }
    for operation_id, call in calls().items():
        if call.tag == tag:
            namespace.update(_methods(operation_id, call, name))
    return type(name, (Api,), namespace)


def _methods(operation_id: str, call: Call, of_class: str) -> dict[str, Any]:
    def perform(self: Api, /, *values: Any, **keywords: Any) -> Any:
        return call.read(call.send(self.api_client, values, keywords))

    def with_http_info(self: Api, /, *values: Any, **keywords: Any) -> ApiResponse[Any]:
        answer = call.send(self.api_client, values, keywords)
        return ApiResponse(
            status_code=answer.status, headers=answer.headers, data=call.read(answer), raw_data=answer.data
        )

    def without_preload_content(self: Api, /, *values: Any, **keywords: Any) -> RESTResponse:
        return call.send(self.api_client, values, keywords)

    methods: dict[str, Any] = {}
    variants: tuple[tuple[Any, str], ...] = (
        (perform, ""),
        (with_http_info, VARIANTS[0]),
        (without_preload_content, VARIANTS[1]),
    )
    for method, ending in variants:
        method.__name__ = f"{operation_id}{ending}"
        method.__qualname__ = f"{of_class}.{method.__name__}"
        method.__module__ = MODULE
        method.__doc__ = call.text
        method.__signature__ = call.signature()
        methods[method.__name__] = method
    return methods
