"""The models: `from torc.openapi_client.models import JobModel`, or from a module for each as in `models.job_model`."""

import sys
from typing import Any

from torc.openapi_client.model_classes import make, names, snake_case

__all__ = names()  # noqa: PLE0605 - the names are those of the document

for _name in names():
    sys.modules.setdefault(f"{__name__}.{snake_case(_name)}", sys.modules[__name__])


def __getattr__(name: str) -> Any:
    try:
        made = make(name)
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    return [*globals(), *names()]
