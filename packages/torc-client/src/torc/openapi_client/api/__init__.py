"""The API classes: `from torc.openapi_client.api import JobsApi`, or from a module for each as in `api.jobs_api`."""

import sys
from typing import Any

from torc.openapi_client.api_classes import DefaultApi, api_class, tags

__all__ = ["DefaultApi", *tags()]  # noqa: PLE0604 - the names are those of the document

for _tag in ("default", *tags().values()):
    sys.modules.setdefault(f"{__name__}.{_tag}_api", sys.modules[__name__])


def __getattr__(name: str) -> Any:
    try:
        made = api_class(name)
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    return [*globals(), *tags()]
