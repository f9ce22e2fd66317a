"""What a job finds in its environment: pure."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from torc_runner.detect.gpus import RELATIVE_TO_ROCR, ROCR_VARIABLE
from torc_runner.launch.stdio import StdioFiles, StdioRules, stdio_files
from torc_runner.machine.device_sets import ANYWHERE, Place
from torc_runner.machine.job import ClaimedJob

RUNNER_ID = "TORC_RUNNER_ID"
API_ACCESS = "TORC_API_ACCESS"
"""With this as `true`, in its own `env` or the workflow's, a job has what lets its runner into the server."""
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
    runner_id: str = ""
    """Tells what this runner started from all else; a UUID."""
    stop_signal: int = signal.SIGTERM
    """What asks a job to end."""
    stdio: StdioRules = field(default_factory=StdioRules)
    runner_options: tuple[str, ...] = ()
    """What holds here for runners as well that this one starts, as options of theirs."""
    gpu_variable: str | None = None
    """What confines a job to the GPUs that are its own; None where they are not shared out."""

    identity: Mapping[str, str] = field(init=False)
    """What tells a command which workflow it belongs to."""
    _credentials: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Let no credential in; put them aside for those that ask."""
        object.__setattr__(self, "api_url", without_credentials(self.api_url))
        credentials = {name: value for name, value in self.inherited.items() if is_secret(name)}
        object.__setattr__(self, "_credentials", credentials)
        inherited = {name: value for name, value in self.inherited.items() if name not in credentials}
        object.__setattr__(self, "inherited", _without_gpus(inherited, self.gpu_variable))
        identity = {
            "TORC_WORKFLOW_ID": str(self.workflow_id),
            "TORC_RUN_ID": str(self.run_id),
            "TORC_OUTPUT_DIR": str(self.output_dir),
            "TORC_API_URL": self.api_url,
        }
        if self.runner_id:
            identity[RUNNER_ID] = self.runner_id
        if self.submission_dir is not None:
            identity["TORC_WORKFLOW_SUBMISSION_DIR"] = self.submission_dir
        object.__setattr__(self, "identity", identity)

    def files_of(self, job: ClaimedJob) -> StdioFiles:
        """Name the files of a job's attempt."""
        return stdio_files(
            self.output_dir,
            self.workflow_id,
            job.job_id,
            run_id=self.run_id,
            attempt_id=job.attempt_id,
            mode=self.stdio.of(job.name).mode,
        )

    def granted(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """Give the runner's credentials where the spec asks for them: `env` does, or the workflow's says so for all.

        What the runner itself inherited does not count: it would open every job below a job that was let in.
        """
        wish = env.get(API_ACCESS) or self.workflow_env.get(API_ACCESS, "")
        return self._credentials if wish.lower() == "true" else {}


def _without_gpus(inherited: dict[str, str], variable: str | None) -> dict[str, str]:
    """Hide all GPUs, where they are shared out, from jobs that do not ask for any."""
    if variable is None:
        return inherited
    others = RELATIVE_TO_ROCR if variable == ROCR_VARIABLE else ()
    return {name: value for name, value in inherited.items() if name not in others} | {variable: ""}


def is_secret(name: str) -> bool:
    """Whether a variable of ours carries a credential; jobs see those only when they ask for them."""
    return name.startswith("TORC_") and any(word in name for word in _SECRET_WORDS)


def without_credentials(url: str) -> str:
    """Drop `user:password@` from a URL."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def job_environment(job: ClaimedJob, around: Surroundings, place: Place = ANYWHERE) -> dict[str, str]:
    """Compose a job's environment: inherited, the workflow's, the job's, what identifies the job, and its GPUs."""
    environment = {
        **around.inherited,
        **around.granted(job.env),
        **around.workflow_env,
        **job.env,
        **around.identity,
        "TORC_JOB_ID": str(job.job_id),
        "TORC_JOB_NAME": job.name,
        "TORC_ATTEMPT_ID": str(job.attempt_id),
    }
    if place.gpu_ids and around.gpu_variable is not None:
        environment[around.gpu_variable] = ",".join(place.gpu_ids)
    return environment


def workflow_environment(around: Surroundings) -> dict[str, str]:
    """Compose the environment of what is done for the whole workflow."""
    granted = around.granted(around.workflow_env)
    return {**around.inherited, **granted, **around.workflow_env, **around.identity}
