"""Jobs that end when a test says so. All users may write the files of their folder.

Every start of a job is a line in the file `starts`: the host, the job, its attempt.
"""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from support.processes import Place, Reports

_JOB = (
    "exec 9>>{folder}/locks/{name}; flock -n 9 || echo {name} >> {folder}/doubles;"
    ' echo "$(hostname) {name} $TORC_ATTEMPT_ID" >> {folder}/starts; echo "started {name}";'
    ' echo {name} > {folder}/reports; [ "$TORC_ATTEMPT_ID" != 1 ] || read -r _ < {folder}/gates/{name}'
)


class GatedJobs:
    """The files of jobs. Their first attempts wait at a gate; later ones end at once."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        for name in ("", "locks", "gates"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name).chmod(0o777)
        for name in ("starts", "doubles"):
            self._file(name)
        self.reports = Reports(folder / "reports")
        (folder / "reports").chmod(0o666)
        stack.callback(self.reports.close)
        self._stack = stack
        self._gates: dict[str, int] = {}

    def create(self, place: Place, name: str, jobs: Mapping[str, str]) -> str:
        """Create and initialize a workflow of jobs with what they depend on, and return its id."""
        # A runner without jobs stays, so that it can run those of a runner whose lease is over.
        lines = [f"name: {name}", "compute_node_wait_for_new_jobs_seconds: 3600", "jobs:"]
        for job, after in jobs.items():
            path = self.folder / "gates" / job
            os.mkfifo(path)
            path.chmod(0o666)
            self._file(f"locks/{job}")
            self._gates[job] = os.open(path, os.O_RDWR)
            self._stack.callback(os.close, self._gates[job])
            lines.append(f"  - name: {job}\n    command: |\n      {_JOB.format(name=job, folder=self.folder)}")
            lines += [f"    depends_on: [{after}]"] * bool(after)
        created = place.torc("workflows", "create", place.file(f"{name}.yaml", "\n".join(lines)))
        place.run("torc", "workflows", "initialize", str(created["workflow_id"]))
        return str(created["workflow_id"])

    def started(self, host: str = "") -> list[str]:
        """Return the names of started jobs, of one host or of all, once for each start."""
        lines = [line.split() for line in (self.folder / "starts").read_text().splitlines()]
        return [name for where, name, _ in lines if host in {"", where}]

    def doubles(self) -> list[str]:
        """Return the jobs that were started while an earlier start of them ran."""
        return (self.folder / "doubles").read_text().split()

    def end(self, *names: str) -> None:
        """Let jobs end, also those that have not started."""
        for name in names:
            os.write(self._gates[name], b"\n")

    def end_all(self) -> None:
        """Let all jobs end."""
        self.end(*self._gates)

    def _file(self, name: str) -> None:
        (self.folder / name).touch()
        (self.folder / name).chmod(0o666)
