"""Options of a request for allocations."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEFAULT_FOLDER = Path("torc_output")


@dataclass(frozen=True, slots=True)
class SubmitOptions:
    """How to request allocations, and options of the runners in them; None is the default of the runner.

    `prologue` are commands of the script before the runner, such as `module load torc`. `runner_program` is the path of
    the runner on the nodes; without it, the runner of this installation runs. Runners start in `working_folder`, an
    absolute path, or in the current directory.
    """

    output_folder: Path = DEFAULT_FOLDER
    working_folder: Path | None = None
    poll_interval_seconds: float | None = None
    max_parallel_jobs: int | None = None
    claim_backoff_max_seconds: float | None = None
    name_prefix: str = ""
    start_one_worker_per_node: bool = False
    prologue: Sequence[str] = ()
    runner_program: str | None = None
