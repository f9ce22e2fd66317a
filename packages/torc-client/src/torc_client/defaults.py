# Generated from the server's declarations by tools/openapi_client. Do not edit.
"""Defaults and limits of the server that clients and runners rely on."""

from typing import Final

LONGEST_WAIT_SECONDS: Final = 60
"""The longest `wait_seconds` that the server accepts."""

MAX_LIMIT: Final = 100000
"""The maximum number of records in one page of a list."""

BYTES_PER_GB: Final = 1073741824
"""The "GB" of compute nodes and claims is binary."""

LARGEST_PIECE_BYTES: Final = 524288
"""The maximum size of one piece of output."""

LONGEST_REASON: Final = 1000
"""The longest `reason` of a result."""

REQUIREMENTS_NAME: Final = "default"
"""The requirements of each workflow for jobs without requirements."""

NUM_CPUS: Final = 1
"""CPUs of a job without requirements."""

MEMORY: Final = "1m"
"""Memory of a job without requirements."""

RUNTIME: Final = "PT1M"
"""Runtime of a job without requirements."""

JOBS_SORT_METHOD: Final = "gpus_runtime_memory"
"""The default of `jobs_sort_method`."""

WAIT_FOR_NEW_JOBS_SECONDS: Final = 90
"""The default of `compute_node_wait_for_new_jobs_seconds`."""

WAIT_FOR_HEALTHY_DATABASE_MINUTES: Final = 20
"""The default of `compute_node_wait_for_healthy_database_minutes`."""

MIN_TIME_FOR_NEW_JOBS_SECONDS: Final = 300
"""The default of `compute_node_min_time_for_new_jobs_seconds`."""

SIGTERM_LEAD_SECONDS: Final = 30
"""The default of `sigterm_lead_seconds`."""

SIGKILL_HEADROOM_SECONDS: Final = 60
"""The default of `sigkill_headroom_seconds`."""

OOM_EXIT_CODE: Final = 137
"""The default of `oom_exit_code`."""

TIMEOUT_EXIT_CODE: Final = 152
"""The default of `timeout_exit_code`."""

SAMPLE_INTERVAL_SECONDS: Final = 10
"""The default of `sample_interval_seconds`."""

FLUSH_INTERVAL_SECONDS: Final = 300
"""The default of `flush_interval_seconds`."""
