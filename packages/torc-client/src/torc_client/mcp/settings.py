"""What a server for assistants may do, and where it finds things."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ALLOWANCES: Final[Mapping[str, str]] = {
    "run": "run workflows on this machine",
    "submit": "submit workflows to Slurm",
    "cancel": "cancel workflows",
    "reset": "reset jobs, also those that completed",
    "retry": "retry jobs that did not succeed",
    "init": "initialize workflows: begin a new run",
    "reinit": "make jobs ready again whose inputs changed",
    "archive": "archive workflows, and restore them",
    "delete": "delete workflows and everything in them",
}
"""The words of `--allow`, and what each allows."""


@dataclass(frozen=True, slots=True)
class McpSettings:
    """The choices of the user who starts the server."""

    user: str
    """Whose workflows are listed by default, and who owns new ones."""

    output_dir: Path = field(default_factory=lambda: Path("torc_output"))
    """Where runners of this machine write logs and journals."""

    read_only: bool = False
    allowed: Collection[str] = frozenset()
    """Words of ALLOWANCES."""

    docs_dir: Path | None = None
    """A folder of documentation in place of the own one."""

    examples_dir: Path | None = None
    """A folder of examples in place of the own ones."""

    spec_dirs: Sequence[Path] = ()
    """Folders below which specs are read and saved; without any, the current one."""

    @property
    def spec_folders(self) -> Sequence[Path]:
        """The folders below which specs are read and saved."""
        return self.spec_dirs or (Path.cwd(),)
