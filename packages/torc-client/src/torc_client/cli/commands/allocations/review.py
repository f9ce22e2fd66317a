"""The review before a workflow is submitted again: which actions request allocations now, and which later."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from torc_client.answers import id_of
from torc_client.api.records import WorkflowActionModel
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission import nodes_config
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.show import say
from torc_client.client import TorcClient
from torc_client.text import count

_NAMES_SHOWN = 3
_HELP = "p: submit them · d ID: disable an action · n ID COUNT: change the number of allocations · c: cancel"


@dataclass
class Review:
    """The due actions that request allocations, the later ones, and the number of allocations that the user chose."""

    due: Sequence[WorkflowActionModel]
    later: Sequence[WorkflowActionModel]
    counts: dict[int, int] = field(default_factory=dict)

    def count_of(self, action: WorkflowActionModel) -> int:
        """Return the number of allocations that an action requests now."""
        config = nodes_config(action)
        return self.counts.get(id_of(action), 1 if config is None else config.count)

    @property
    def total(self) -> int:
        """The number of allocations that are submitted now."""
        return sum(map(self.count_of, self.due))

    def answer(self, line: str) -> bool | None:
        """Apply a line of the user. Returns whether to submit, None to ask again."""
        match line.split():
            case []:
                return None
            case ["p"]:
                return True
            case ["c"]:
                return False
            case ["d", number]:
                self._change(number, "0")
            case ["n", number, wanted]:
                self._change(number, wanted)
            case _:
                say(f"{line.strip()!r} is not one of these commands.")
        return None

    def _change(self, number: str, wanted: str) -> None:
        by_id = {str(action.id): action for action in self.due}
        action = by_id.get(number)
        if action is None:
            say(f"{number} is not the id of an action that is due.")
        elif not (wanted.isascii() and wanted.isdigit()):
            say(f"{wanted!r} is not a number of allocations.")
        elif int(wanted) == 0 and action.persistent:
            say(f"Action {number} is persistent: it cannot be disabled.")
        else:
            self.counts[id_of(action)] = int(wanted)


async def review(
    client: TorcClient, due: Sequence[WorkflowActionModel], later: Sequence[WorkflowActionModel],
    schedulers: Sequence[BatchScheduler],
) -> dict[int, int] | None:  # fmt: skip
    """Show the actions, and let the user change the numbers of allocations. None: the user canceled.

    The result is for `submit_due_actions`. Nothing is stored.
    """
    shown = Review(due, later)
    names = {each.id: each.name for each in schedulers}
    gates = {id_of(action): await _gate(client, action) for action in (*due, *later)}
    while True:
        say("Submitted now:")
        for action in due:
            say(_line(action, names, gates, shown.count_of(action)))
        if later:
            say("Submitted later by runners:")
        for action in later:
            say(_line(action, names, gates, shown.count_of(action)))
        say(f"{count('allocation', shown.total)} in all. {_HELP}")
        decision = None
        while decision is None:
            line = ask.line("> ")
            before = dict(shown.counts)
            decision = False if line is None else shown.answer(line)
            if shown.counts != before:
                break
        if decision is not None:
            return shown.counts if decision else None


async def _gate(client: TorcClient, action: WorkflowActionModel) -> str:
    """Return the names of the jobs of a trigger, three at most."""
    ids = action.job_ids or []
    names = [(await client.jobs.get_job(job_id)).name for job_id in ids[:_NAMES_SHOWN]]
    more = len(ids) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _line(
    action: WorkflowActionModel, names: dict[int, str], gates: dict[int, str], allocations: int
) -> str:  # fmt: skip
    config = nodes_config(action)
    scheduler = None if config is None or config.scheduler_id is None else names.get(config.scheduler_id)
    gate = gates[id_of(action)]
    what = count("allocation", allocations) if allocations else "disabled"
    return f"  {action.id}  {action.trigger_type}{f' ({gate})' if gate else ''}  {scheduler or '-'}  {what}"
