"""Constants and small functions that scripts import."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from torc.exceptions import InvalidParameter
from torc.openapi_client.models import JobStatus
from torc_client.code_loading import FunctionNotImportableError
from torc_client.mapping.function import Reference, load

KiB = 1024
MiB = 1024 * KiB
GiB = 1024 * MiB
TiB = 1024 * GiB
JOB_STDIO_DIR = "job-stdio"


def convert_timestamp(timestamp: int) -> datetime:
    """Return the time of a number of milliseconds since 1970."""
    return datetime.fromtimestamp(timestamp / 1000, tz=UTC)


def check_function(
    module_name: str, func_name: str, module_directory: str | None = None
) -> tuple[ModuleType, Callable[..., Any]]:
    """Return a module and its function. Raises InvalidParameter if the module has no such function."""
    reference: Reference = {"module": module_name, "func": func_name}
    if module_directory is not None:
        reference["module_directory"] = module_directory
    try:
        function = load(reference)
    except FunctionNotImportableError as error:
        raise InvalidParameter(str(error)) from error
    return sys.modules[module_name], function


__all__ = ["JOB_STDIO_DIR", "GiB", "JobStatus", "KiB", "MiB", "TiB", "check_function", "convert_timestamp"]
