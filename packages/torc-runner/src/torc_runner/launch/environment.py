"""What a job finds in its environment: pure."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from torc_runner.job import ClaimedJob

_SECRET_WORDS = ("PASSWORD", "COOKIE", "TOKEN", "SECRET", "CREDENTIAL")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for every job of one runner."""

    workflow_id: int
    run_id: int
    compute_node_id: int
    api_url: str
    output_dir: Path
    inherited: Mapping[str, str]
    """The runner's own environment, as far as jobs see it: credentials are dropped here, once for all jobs."""
    workflow_env: Mapping[str, str]
    submission_dir: str | None = None
    """Where the workflow was submitted from, if that is known."""
    stop_signal: int = signal.SIGTERM
    """What asks a job to end."""

    def __post_init__(self) -> None:
        """Let no credential in."""
        object.__setattr__(self, "api_url", without_credentials(self.api_url))
        object.__setattr__(
            self, "inherited", {name: value for name, value in self.inherited.items() if not is_secret(name)}
        )


def is_secret(name: str) -> bool:
    """Whether a variable of ours carries a credential; jobs never see those."""
    return name.startswith("TORC_") and any(word in name for word in _SECRET_WORDS)


def without_credentials(url: str) -> str:
    """Drop `user:password@` from a URL."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def job_environment(job: ClaimedJob, around: Surroundings) -> dict[str, str]:
    """Compose a job's environment: inherited, then the workflow's, then the job's, then what identifies the job."""
    environment = {
        **around.inherited,
        **around.workflow_env,
        **job.env,
        "TORC_WORKFLOW_ID": str(around.workflow_id),
        "TORC_JOB_ID": str(job.job_id),
        "TORC_JOB_NAME": job.name,
        "TORC_OUTPUT_DIR": str(around.output_dir),
        "TORC_ATTEMPT_ID": str(job.attempt_id),
        "TORC_RUN_ID": str(around.run_id),
        "TORC_API_URL": around.api_url,
    }
    if around.submission_dir is not None:
        environment["TORC_WORKFLOW_SUBMISSION_DIR"] = around.submission_dir
    return environment
