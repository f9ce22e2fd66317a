"""The names of the environment variables that identify a job to its own process."""

from typing import Final

WORKFLOW_ID: Final = "TORC_WORKFLOW_ID"
RUN_ID: Final = "TORC_RUN_ID"
JOB_ID: Final = "TORC_JOB_ID"
JOB_NAME: Final = "TORC_JOB_NAME"
ATTEMPT_ID: Final = "TORC_ATTEMPT_ID"
