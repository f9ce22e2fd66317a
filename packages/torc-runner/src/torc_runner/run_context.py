"""The run context: the workflow, run, node and policy that every job of one node session shares. No I/O."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from torc_client import job_variables
from torc_runner.machine.gpu_variables import RELATIVE_TO_ROCR, ROCR_VARIABLE, TORC_VARIABLE
from torc_runner.machine.job import ClaimedJob
from torc_runner.stdio_files import StdioFiles, StdioRules, script_file, stdio_files

RUNNER_ID = "TORC_RUNNER_ID"
API_ACCESS = "TORC_API_ACCESS"
"""A job gets the runner's credentials if this is `true` in the job's `env` or in the workflow's."""
_SECRET_WORDS = ("PASSWORD", "COOKIE", "TOKEN", "SECRET", "CREDENTIAL")


@dataclass(frozen=True, slots=True)
class RunContext:
    """Values that are the same for every job of one node session."""

    workflow_id: int
    run_id: int
    compute_node_id: int
    api_url: str
    output_dir: Path
    inherited: Mapping[str, str]
    """The runner's own environment as jobs see it. Credentials are removed once, when the context is made."""
    workflow_env: Mapping[str, str]
    submission_dir: str | None = None
    """The folder from which the workflow was submitted, if it is known."""
    runner_id: str = ""
    """A UUID that marks every process which this runner starts."""
    stop_signal: int = signal.SIGTERM
    """The signal that asks a job to end."""
    shell: tuple[str, ...] = ("bash", "-c")
    """The program that runs the commands of jobs, with its options."""
    makes_output_folders: bool = False
    """Whether the missing folders of a job's output files are created before it starts."""
    accepts_unchanged_outputs: bool = False
    """Whether a job may leave output files as they were that are older than the workflow or an input."""
    workflow_created_at: float | None = None
    """When the workflow was created, in seconds since the epoch, by the server's clock. None if it is not known."""
    stdio: StdioRules = field(default_factory=StdioRules)
    runner_options: tuple[str, ...] = ()
    """Command-line options that child runners inherit."""
    gpu_variable: str | None = None
    """The variable that restricts a job to its GPUs; None if GPUs are not assigned to jobs by name."""

    identity: Mapping[str, str] = field(init=False)
    """Variables that name the workflow, the run and the server."""
    _credentials: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Separate the credentials from the rest of the environment."""
        object.__setattr__(self, "api_url", without_credentials(self.api_url))
        credentials = {name: value for name, value in self.inherited.items() if is_secret(name)}
        object.__setattr__(self, "_credentials", credentials)
        inherited = {name: value for name, value in self.inherited.items() if name not in credentials}
        object.__setattr__(self, "inherited", _without_gpus(inherited, self.gpu_variable))
        identity = {
            job_variables.WORKFLOW_ID: str(self.workflow_id),
            job_variables.RUN_ID: str(self.run_id),
            "TORC_OUTPUT_DIR": str(self.output_dir),
            "TORC_API_URL": self.api_url,
        }
        if self.runner_id:
            identity[RUNNER_ID] = self.runner_id
        if self.submission_dir is not None:
            identity["TORC_WORKFLOW_SUBMISSION_DIR"] = self.submission_dir
        object.__setattr__(self, "identity", identity)

    def files_of(self, job: ClaimedJob) -> StdioFiles:
        """Return the stdout and stderr files of a job's attempt."""
        return stdio_files(
            self.output_dir,
            self.workflow_id,
            job.job_id,
            run_id=self.run_id,
            attempt_id=job.attempt_id,
            mode=self.stdio.of(job.name).mode,
        )

    def script_of(self, job: ClaimedJob) -> Path:
        """Return the file for the command of a job's attempt, if it is too long to be an argument."""
        return script_file(self.output_dir, self.workflow_id, job.job_id, run_id=self.run_id, attempt_id=job.attempt_id)

    def granted(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """Return the runner's credentials if `env` or the workflow's `env` asks for them.

        The variable in the runner's own environment is ignored: it would grant access to every job of a runner that
        was itself started by a job with access.
        """
        choice = env.get(API_ACCESS) or self.workflow_env.get(API_ACCESS, "")
        return self._credentials if choice.lower() == "true" else {}


def _without_gpus(inherited: dict[str, str], variable: str | None) -> dict[str, str]:
    """Hide all GPUs from jobs that do not require any, if GPUs are assigned by name."""
    if variable is None:
        return inherited
    others = RELATIVE_TO_ROCR if variable == ROCR_VARIABLE else ()
    return {name: value for name, value in inherited.items() if name not in others} | {variable: "", TORC_VARIABLE: ""}


def is_secret(name: str) -> bool:
    """Whether a `TORC_` variable holds a credential. Jobs see those only if they ask for them."""
    return name.startswith("TORC_") and any(word in name for word in _SECRET_WORDS)


def without_credentials(url: str) -> str:
    """Remove `user:password@` from a URL."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
