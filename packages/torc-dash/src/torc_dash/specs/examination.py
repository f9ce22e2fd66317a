"""What a check finds in the text of a spec. It is computed in a process of its own, and sent as JSON."""

import msgspec


class FoundProblem(msgspec.Struct, frozen=True):
    """A problem or a warning, with its place in the text if it is known."""

    line: int | None
    column: int | None
    code: str
    place: str
    reason: str
    fix: str
    is_warning: bool = False


class FoundNode(msgspec.Struct, frozen=True):
    """A box of the graph: a group of jobs, or several of them."""

    key: str
    label: str
    kind: str
    order: int
    jobs: int
    weight: float


class Examination(msgspec.Struct, frozen=True):
    """What a text becomes. If it has problems other than warnings, the numbers are zero and the graph is empty."""

    problems: list[FoundProblem]
    """The first ones, in the order of the text."""

    problem_count: int = 0
    warning_count: int = 0
    other_format: str = ""
    """The format as which the text could be read, if it cannot be read as the chosen one."""

    name: str = ""
    jobs: int = 0
    jobs_before_expansion: int = 0
    files: int = 0
    user_data: int = 0
    stages: int = 0
    schedulers: int = 0
    schedules_nodes: bool = False
    core_hours: float = 0.0
    """If each job takes its whole run time."""

    gpu_hours: float = 0.0
    nodes: list[FoundNode] = []
    edges: list[tuple[str, str]] = []
    group_count: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether a workflow can be created."""
        return self.problem_count == 0
