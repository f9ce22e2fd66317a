"""Runners as in `identity_machine`, which also start chained jobs before the server accepts their start."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

import server_builders as builders
from identity_builders import Attempt, Runner
from identity_machine import WHICH, Identities
from torc_server.engine.claiming.packing import UNLIMITED
from torc_server.engine.claiming.unclaim import unclaim
from torc_server.engine.errors import EngineError
from torc_server.engine.execution import chained, complete, start
from torc_server.engine.execution.complete import JobCompletion
from torc_server.engine.execution.start import Start
from torc_server.engine.ids import AttemptId, JobId, RunId


class ChainedIdentities(Identities):
    @rule(
        which=WHICH,
        meanwhile=st.sampled_from(["", "", "operate", "take", "lose"]),
        event=st.sampled_from(["start", "start", "return", "kill", "forget"]),
    )
    def chain(self, which: int, meanwhile: str, event: str) -> None:
        """A runner claims a job and is handed the next one. The first succeeds, and the runner starts the next."""
        runner = self.runner(which)
        self.claim(which, 3)
        handed: list[tuple[JobId, JobId, RunId, AttemptId]] = []

        def hand_out(world: builders.World) -> None:
            chain_ends = [job_id for job_id, each in runner.live.items() if self.is_current(each, world)]
            found = chained.chained_jobs(world.tx, world.workflow_id, chain_ends, UNLIMITED, 1)
            chained.hand_out(world.tx, [job_id for _, job_id in found], runner.node.node_id)
            for before, after in found:
                number = AttemptId(world.column(world.name(after), "attempt_id"))
                handed.append((before, after, world.run_id, number))

        self.request(runner, hand_out)
        match meanwhile:
            case "operate":
                self.operate(runner.address, runner.workflow, "restart a job")
            case "take":
                self.take(runner.address, runner.workflow, "reset")
            case "lose":
                self.lose_node(which)
        if handed and event != "forget":
            self.end_first(runner, handed[0], event)

    def end_first(self, runner: Runner, handed: tuple[JobId, JobId, RunId, AttemptId], event: str) -> None:
        before, job_id, run_id, number = handed
        predecessor = runner.live.pop(before)
        report = self.report_of(runner, predecessor, 0)
        runner.journal.append((predecessor, report))
        attempt = Attempt(runner.database_id, runner.workflow, job_id, run_id, number, self.tokens + 1)
        if event != "return":
            self.tokens += 1
            for database in self.at:
                if database.id == runner.database_id:
                    database.attempts.append(attempt)
        if event == "kill":
            runner.live.clear()
            self.send(runner, report)  # by the next runner, from the journal
            return
        refusals: list[EngineError | None] = []

        def perform(world: builders.World) -> None:
            node_id, own = runner.node.node_id, JobCompletion(report.job_id, report.status, report.run_id, report)
            complete.complete_jobs(world.tx, world.workflow_id, [own], now=self.clock.now)
            if event == "return":
                unclaim(world.tx, world.workflow_id, run_id, [(job_id, number)], node_id=node_id)
                return
            begun = Start(job_id, run_id, node_id, predecessor_id=report.job_id, attempt_id=number)
            refusals.extend(start.start_jobs(world.tx, world.workflow_id, [begun], now=self.clock.now))
            chained.note_refused(world.tx, world.workflow_id, [(job_id, number)] if refusals[0] else [], node_id)

        if self.request(runner, perform) and refusals == [None]:
            runner.live[job_id] = attempt
