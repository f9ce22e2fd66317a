"""Logs the jobs that can never run on this node, and the resource of which the node has too little."""

import shlex
from collections.abc import Sequence

from torc_client.api.enums import ExplainQuantity, JobStatus
from torc_client.api.records import ExplainedKind, ExplainedShortfall
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_client.paging import iterate
from torc_client.plain_contract.capabilities import MissingCapabilityError
from torc_client.text import count
from torc_runner.log import fields, logger
from torc_runner.machine.capacity import Resources
from torc_runner.unfit_jobs import UnfitJobs

MAX_NAMED = 100
"""Number of jobs that are logged by name; of the others only the count is logged."""

_Kind = tuple[int, tuple[str, ...]]
"""Resource requirements of jobs, and their labels."""

_PAGE = 1000
_MAX_SEARCHED = 10 * _PAGE


class UnschedulableJobs:
    """The jobs that do not fit one runner. Each is logged once.

    Without `by_resources`, the runner claims jobs of any size, and only their labels matter. `found` receives the jobs
    that were found last.
    """

    def __init__(
        self,
        client: TorcClient,
        workflow_id: int,
        total: Resources,
        labels: Sequence[str] = (),
        *,
        also_unlabeled: bool = False,
        by_resources: bool = True,
        found: list[UnfitJobs] | None = None,
    ) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._total = total
        self._labels = ",".join(labels) or None
        self._also_unlabeled = also_unlabeled or None
        self._by_resources = by_resources
        self.found = [] if found is None else found
        self._explained: set[_Kind] = set()

    async def explain(self, time_left_seconds: float | None) -> None:
        """Log each ready job that requires more than the idle node offers, or other labels. Raises TorcError."""
        total, workflows = self._total, self._client.workflows
        try:
            answer = await workflows.explain_workflow(
                self._workflow_id,
                num_cpus=total.num_cpus,
                memory_gb=total.memory_gb,
                num_gpus=total.num_gpus,
                num_nodes=total.num_nodes,
                time_limit=None if time_left_seconds is None else f"PT{int(time_left_seconds)}S",
                labels=self._labels,
                also_unlabeled=self._also_unlabeled,
            )
        except MissingCapabilityError:
            return
        except NotFoundError:
            await workflows.get_workflow(self._workflow_id)  # raises NotFoundError if the workflow was deleted
            return  # an older server without this operation
        unschedulable = {
            (kind.resource_requirements_id, tuple(kind.labels or ())): kind
            for kind in answer.ready
            if kind.lacks_label or (self._by_resources and not kind.fits and kind.shortfalls)
        }
        self.found[:] = [
            UnfitJobs(kind.resource_requirements_name, kind.num_jobs, _reason(kind)) for kind in unschedulable.values()
        ]
        new = {number: kind for number, kind in unschedulable.items() if number not in self._explained}
        if new:
            self._explained |= new.keys()
            await self._name(new)

    async def _name(self, kinds: dict[_Kind, ExplainedKind]) -> None:
        num_left, num_searched = sum(kind.num_jobs for kind in kinds.values()), 0
        num_to_name = min(num_left, MAX_NAMED)
        jobs = iterate(self._client.jobs.list_jobs, workflow_id=self._workflow_id, status=JobStatus.READY, limit=_PAGE)
        async for job in jobs:
            needs_id = job.resource_requirements_id
            kind = None if needs_id is None else kinds.get((needs_id, tuple(job.labels or ())))
            if kind is not None:
                reason = _reason(kind)
                logger.warning("Job cannot run here %s", fields(job_id=job.id, job_name=job.name, reason=reason))
                num_left, num_to_name = num_left - 1, num_to_name - 1
            num_searched += 1
            if num_to_name <= 0 or num_searched >= _MAX_SEARCHED:
                break
        if num_left > 0:
            logger.warning("More jobs cannot run here %s", fields(workflow_id=self._workflow_id, num_jobs=num_left))


def _reason(kind: ExplainedKind) -> str:
    if kind.lacks_label and not kind.labels:
        return "has no labels: it requires a runner without --label, or with --also-unlabeled"
    if kind.lacks_label:
        return f"requires a runner that was started with --label {shlex.quote(','.join(kind.labels or ()))}"
    return "; ".join(f"needs {_needed(each)}, this node has {_offered(each)}" for each in kind.shortfalls)


def _needed(shortfall: ExplainedShortfall) -> str:
    if shortfall.quantity is ExplainQuantity.MEMORY_GB:
        return f"{shortfall.needed:.4g} GiB of memory"
    return count(_NOUNS[shortfall.quantity], round(shortfall.needed))


def _offered(shortfall: ExplainedShortfall) -> str:
    if shortfall.quantity is ExplainQuantity.MEMORY_GB:
        return f"{shortfall.offered:.4g} GiB"
    return f"{shortfall.offered:.12g}"


_NOUNS = {
    ExplainQuantity.NUM_CPUS: "CPU",
    ExplainQuantity.NUM_GPUS: "GPU",
    ExplainQuantity.NUM_NODES: "node",
    ExplainQuantity.TIME_LIMIT_SECONDS: "second",
}
