"""The operations and models of a Torc server: `from torc.openapi_client import ApiClient, JobModel, JobsApi`."""

from typing import Any

from torc.openapi_client import api, models
from torc.openapi_client.api_classes import DefaultApi
from torc.openapi_client.api_client import ApiClient
from torc.openapi_client.api_response import ApiResponse
from torc.openapi_client.configuration import Configuration
from torc.openapi_client.exceptions import (
    ApiAttributeError,
    ApiException,
    ApiKeyError,
    ApiTypeError,
    ApiValueError,
    OpenApiException,
)
from torc_client.version import __version__

__all__ = [  # noqa: PLE0604 - most names are those of the document
    "ApiAttributeError",
    "ApiClient",
    "ApiException",
    "ApiKeyError",
    "ApiResponse",
    "ApiTypeError",
    "ApiValueError",
    "Configuration",
    "DefaultApi",
    "OpenApiException",
    "__version__",
    *api.tags(),
    *models.__all__,
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(api if name in api.__all__ else models, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
