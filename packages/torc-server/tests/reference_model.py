"""A slow and simple model of the rules of the engine: a dictionary of jobs and loops over pairs."""

from dataclasses import dataclass, field

COMPLETE = {"completed", "failed", "canceled", "terminated"}


class Refused(Exception):  # noqa: N818 - named after the result
    """The model refuses the operation."""


@dataclass
class ModelJob:
    parents: set[str]
    cancel_on_failure: bool
    status: str = "uninitialized"
    attempt: int = 1
    is_cascade: bool = False
    is_bad: bool = False
    current: tuple[int, int, str, int] | None = None
    results: set[tuple[int, int]] = field(default_factory=set)
    spent: int | None = None

    @property
    def is_complete(self) -> bool:
        return self.status in COMPLETE

    @property
    def is_live(self) -> bool:
        return self.status in {"pending", "running"}

    def become(self, status: str, *, cascade: bool = False, bad: bool = False) -> None:
        self.status, self.is_cascade, self.is_bad = status, cascade, bad

    def next_attempt(self) -> None:
        self.attempt += 1
        self.spent = None

    def renew(self, run: int) -> None:
        if self.spent is not None and self.spent >= run:
            self.next_attempt()

    def restart(self) -> None:
        if self.is_live:
            self.next_attempt()
        self.become("uninitialized")


class Model:
    def __init__(self) -> None:
        self.jobs: dict[str, ModelJob] = {}
        self.run = 0
        self.is_canceled = False

    def waits(self, job: ModelJob) -> bool:
        return any(not self.jobs[parent].is_complete for parent in job.parents)

    def follows_bad(self, job: ModelJob) -> bool:
        return any(self.jobs[parent].is_bad for parent in job.parents)

    def children(self, name: str) -> list[str]:
        return [child for child, job in self.jobs.items() if name in job.parents]

    def downstream(self, names: set[str]) -> set[str]:
        reached, todo = set(names), list(names)
        while todo:
            for child in self.children(todo.pop()):
                if child not in reached:
                    reached.add(child)
                    todo.append(child)
        return reached

    def follows_canceled(self, job: ModelJob) -> bool:
        """Whether a parent was canceled with the workflow."""
        parents = [self.jobs[parent] for parent in job.parents]
        return any(parent.status == "canceled" and not parent.is_cascade for parent in parents)

    def release(self, name: str, *, unless_canceled: bool = False) -> None:
        wave = [name]
        while wave:
            candidates = {child for finished in wave for child in self.children(finished)}
            wave = []
            for child in candidates:
                job = self.jobs[child]
                if job.status == "blocked" and not self.waits(job):
                    if unless_canceled and self.follows_canceled(job):
                        continue
                    if job.cancel_on_failure and self.follows_bad(job):
                        wave.append(child)
                    else:
                        job.become("ready")
            for child in wave:
                self.jobs[child].become("canceled", cascade=True, bad=True)

    def reopen(self, name: str) -> None:
        for child in self.children(name):
            if self.jobs[child].is_cascade:
                self.jobs[child].become("blocked")
                self.reopen(child)

    def initialize(self, *, only_uninitialized: bool) -> None:
        self.reinitialize(only_uninitialized=only_uninitialized)
        for _ in self.jobs:
            for job in self.jobs.values():
                if job.is_cascade and self.waits(job):
                    job.become("uninitialized")
        begun = [job for job in self.jobs.values() if job.status == "uninitialized"]
        for job in begun:
            job.current = None
            job.renew(self.run)
            job.become("blocked")
        for _ in self.jobs:
            for job in begun:
                if self.follows_failure(job):
                    job.become("canceled", cascade=True, bad=True)
        for job in begun:
            if job.status == "blocked" and not self.waits(job):
                job.become("ready")
        for job in self.jobs.values():
            if job.status in {"ready", "pending", "running"}:
                job.current = None

    def follows_failure(self, job: ModelJob) -> bool:
        return job.status == "blocked" and not self.waits(job) and job.cancel_on_failure and self.follows_bad(job)

    def reinitialize(self, *, only_uninitialized: bool) -> None:
        jobs = self.jobs.values()
        if only_uninitialized:
            kept = {"pending", "running", "disabled"}
            for name in self.downstream({name for name, job in self.jobs.items() if job.status == "uninitialized"}):
                if self.jobs[name].status not in kept:
                    self.jobs[name].become("uninitialized")
            for job in jobs:
                if job.status in {"blocked", "terminated"}:
                    job.become("uninitialized")
            for job in jobs:
                if job.status == "ready" and self.waits(job):
                    job.become("uninitialized")
        else:
            for job in [job for job in jobs if job.status in {"completed", "failed", "canceled"} and self.waits(job)]:
                job.become("uninitialized")
            for job in jobs:
                if job.status not in {"completed", "failed", "canceled", "disabled"}:
                    job.restart()

    def start(self, name: str) -> None:
        if self.jobs[name].status not in {"pending", "running"}:
            raise Refused
        self.jobs[name].become("running")

    def complete(self, name: str, status: str, return_code: int) -> None:
        job = self.jobs[name]
        report = (self.run, job.attempt, status, return_code)
        if job.status == status and job.current == report:
            return
        is_late_success = job.status == "canceled" and (status, return_code) == ("completed", 0)
        if job.is_cascade or job.status in {"pending_failed", "disabled"}:
            raise Refused
        if (job.is_complete and not is_late_success) or report[:2] in job.results:
            raise Refused
        was_canceled = job.is_complete
        job.results.add(report[:2])
        job.spent = self.run
        job.current = report
        job.become(status, bad=status in {"failed", "canceled", "terminated"} and return_code != 0)
        if was_canceled:
            self.clear_failure(name)
            self.release(name, unless_canceled=True)
        elif job.is_complete:
            self.release(name)

    def clear_failure(self, name: str) -> None:
        ready = [
            child
            for child in self.children(name)
            if self.jobs[child].is_cascade and not self.follows_bad(self.jobs[child])
        ]
        for child in ready:
            self.jobs[child].become("ready")
        for child in ready:
            self.reopen(child)

    def retry(self, name: str) -> None:
        job = self.jobs[name]
        if job.status not in {"running", "failed", "terminated"}:
            raise Refused
        job.next_attempt()
        job.become("ready")
        self.reopen(name)

    def spawn(self, caller: str, name: str, after: str) -> None:
        if self.is_canceled or not self.jobs[caller].is_live:
            raise Refused
        self.jobs[name] = ModelJob({caller, after}, cancel_on_failure=True, status="blocked")

    def manage(self, name: str, status: str) -> None:
        job = self.jobs[name]
        if status in COMPLETE:
            raise Refused
        if job.status == status:
            return
        was_complete, done = job.is_complete, []
        if was_complete and status == "uninitialized":
            done = [child for child in self.children(name) if self.jobs[child].status in {"completed", "failed"}]
        if job.is_live and (job.status, status) != ("pending", "running"):
            job.next_attempt()
        elif status in {"blocked", "ready", "pending", "running"}:
            job.renew(self.run)
        job.become(status)
        for child in done:
            self.jobs[child].become("uninitialized")
        for each in [name, *done] if was_complete else []:
            self.reopen(each)

    def lose_node(self) -> int:
        lost = [job for job in self.jobs.values() if job.status in {"pending", "running"}]
        for job in lost:
            job.next_attempt()
            job.become("ready")
        return len(lost)

    def cancel(self) -> None:
        self.is_canceled = True
        for job in self.jobs.values():
            if job.is_live:
                job.become("canceled", bad=True)
                job.spent = self.run

    def reset_jobs(self, *, failed_only: bool) -> int:
        failed = {"failed", "canceled", "terminated"}
        if failed_only:
            chosen = {name for name, job in self.jobs.items() if job.status in failed | {"pending_failed"}}
            reached = self.downstream({name for name, job in self.jobs.items() if job.status in failed})
            everything = chosen | {name for name in reached if not self.jobs[name].is_live}
        else:
            chosen = {name for name, job in self.jobs.items() if job.status != "uninitialized"}
            everything = chosen
        for name in everything:
            self.jobs[name].restart()
        return len(chosen)

    def reset_workflow(self, *, force: bool, advance_run: bool) -> None:
        if not force and any(job.status in {"pending", "running"} for job in self.jobs.values()):
            raise Refused
        self.is_canceled = False
        if advance_run:
            self.run += 1
            for job in self.jobs.values():
                if job.is_live:
                    job.restart()
