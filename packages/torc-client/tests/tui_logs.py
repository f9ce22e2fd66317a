"""A job with logs, for tests of the log viewer."""

from pathlib import Path
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer
from tui_screens import page_of

NODE = {
    "id": 1, "workflow_id": 2, "hostname": "node-1", "pid": 9, "is_active": True, "num_cpus": 4, "memory_gb": 8.0,
    "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "start_time": "2026-11-23T04:00:00Z",
}  # fmt: skip


class JobLogs:
    """Job 5 with its attempts, and its logs in the folder that its node recorded."""

    def __init__(self, server: FakeServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        (folder / "job_stdio").mkdir(parents=True)
        server.answer("get_workflow", {"id": 2, "name": "sweep", "user": "ada", "run_id": 1})
        server.answer("get_compute_node", NODE | {"output_dir": str(folder)})
        self.ended(JobStatus.COMPLETED)

    def ended(self, status: JobStatus, attempts: int = 1) -> None:
        """Let all attempts have ended."""
        self._answer(status, attempts)
        code = 0 if status is JobStatus.COMPLETED else 1
        common = {
            "job_id": 5,
            "workflow_id": 2,
            "run_id": 1,
            "return_code": code,
            "status": status,
            "compute_node_id": 1,
        }
        times = {"exec_time_minutes": 0.5, "completion_time": "2026-11-23T04:05:00Z"}
        one_each = [{"id": at, "attempt_id": at} | common | times for at in range(1, attempts + 1)]
        self.server.answer("list_results", page_of(one_each))

    def running(self) -> None:
        """Let the job run."""
        self._answer(JobStatus.RUNNING, 1)
        self.server.answer("list_results", page_of([]))

    def path(self, ending: str = "o", attempt: int = 1) -> Path:
        """Return the path of a log."""
        return self.folder / "job_stdio" / f"job_wf2_j5_r1_a{attempt}.{ending}"

    def _answer(self, status: JobStatus, attempt: int) -> None:
        job: dict[str, Any] = {"id": 5, "workflow_id": 2, "name": "sim", "command": "sim", "status": status}
        self.server.answer("get_job", job | {"compute_node_id": 1, "attempt_id": attempt})
