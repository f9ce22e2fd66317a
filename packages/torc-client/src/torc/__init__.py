"""The names that scripts for Torc's earlier Python client import: `from torc import make_api, create_jobs`.

This package is for scripts that exist. For new ones use `torc_client.Torc`. Nothing else of this distribution imports
this package.
"""

from torc.api import (
    create_jobs,
    iter_documents,
    make_api,
    make_job_label,
    map_function_to_jobs,
    send_api_command,
)
from torc.loggers import setup_logging
from torc.openapi_client.models import SpawnJobModel, SpawnJobsResponse
from torc.orchestrator import Orchestrator
from torc_client.version import __version__

__all__ = [
    "Orchestrator",
    "SpawnJobModel",
    "SpawnJobsResponse",
    "__version__",
    "create_jobs",
    "iter_documents",
    "make_api",
    "make_job_label",
    "map_function_to_jobs",
    "send_api_command",
    "setup_logging",
]
