"""Which actions a page offers, as links to their previews."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_dash import addresses
from torc_dash.actions.action import Action, Situation
from torc_dash.actions.of_jobs import FAIL_JOBS, JOB_ACTIONS
from torc_dash.actions.of_requirements import REQUIREMENT_ACTIONS
from torc_dash.actions.of_several import SEVERAL
from torc_dash.actions.of_workflows import WORKFLOW_ACTIONS, first_for

ACTIONS = {action.name: action for action in (*WORKFLOW_ACTIONS, *JOB_ACTIONS, *REQUIREMENT_ACTIONS)}


@dataclass(frozen=True)
class Offer:
    """An action on a page. `refusal` is why it cannot be done now."""

    title: str
    href: str
    refusal: str
    deletes: bool
    stops: bool = False
    name: str = ""


@dataclass(frozen=True)
class Offers:
    """The actions that a page shows as buttons, and those in its menu."""

    first: tuple[Offer, ...]
    others: tuple[Offer, ...]


@dataclass(frozen=True)
class BulkAction:
    """An action on the selected rows: the address of its page, which says what it will do."""

    title: str
    href: str


def on_several_workflows() -> tuple[BulkAction, ...]:
    """Return the actions on workflows that are selected in the list."""
    return tuple(BulkAction(one.title, addresses.action_on_several(one.name)) for one in SEVERAL.values())


def of_workflow(situation: Situation) -> Offers:
    """Return the actions on a workflow."""
    first = tuple(one for one in first_for(situation) if not one.refusal(situation))
    return Offers(
        tuple(_offer(one, situation) for one in first),
        (*(_offer(one, situation) for one in WORKFLOW_ACTIONS if one not in first), *_copies(situation.id)),
    )


def _copies(workflow_id: int) -> tuple[Offer, ...]:
    """Return the ways to use a workflow again, which are pages of their own."""
    return (
        Offer("Copy and change", addresses.new(**{"from": workflow_id}), "", deletes=False),
        Offer("Export", f"{addresses.spec(workflow_id)}#export", "", deletes=False),
    )


def of_job(workflow_id: int, job: JobModel) -> tuple[Offer, ...]:
    """Return the actions on one job."""
    is_held = job.status is JobStatus.PENDING_FAILED
    return tuple(
        Offer(one.title, addresses.action(workflow_id, one.name, ids=job.id), "", one.deletes)
        for one in JOB_ACTIONS
        if is_held or one is not FAIL_JOBS
    )


def _offer(action: Action, situation: Situation) -> Offer:
    href = addresses.action(situation.id, action.name) if action.page is None else action.page(situation.id)
    return Offer(action.title, href, action.refusal(situation), action.deletes, action.stops, action.name)
