"""The names of the environment variables that identify a job to its own process, and have what it requires."""

from typing import Final

WORKFLOW_ID: Final = "TORC_WORKFLOW_ID"
RUN_ID: Final = "TORC_RUN_ID"
JOB_ID: Final = "TORC_JOB_ID"
JOB_NAME: Final = "TORC_JOB_NAME"
ATTEMPT_ID: Final = "TORC_ATTEMPT_ID"
NUM_CPUS: Final = "TORC_NUM_CPUS"
NUM_GPUS: Final = "TORC_NUM_GPUS"
NUM_NODES: Final = "TORC_NUM_NODES"
MEMORY_BYTES: Final = "TORC_MEMORY_BYTES"
