"""Why a job has its status, and what it waits for, with links."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExplainResponse
from torc_client.log_files.attempt_sources import JobHistory
from torc_client.overview.job_reasons import JobReason, Lead, job_reasons
from torc_client.overview.neighbours import Neighbourhood
from torc_dash import addresses
from torc_dash.background_answers import BackgroundAnswers


@dataclass(frozen=True)
class Reason:
    """A sentence, and the page that shows more."""

    text: str
    href: str | None = None


Explanations = BackgroundAnswers[int, ExplainResponse]
# The last of the reasons while the server has not answered.
ASKING = Reason("The server is asked why it has not started.")


async def reasons_of(explanations: Explanations, history: JobHistory, near: Neighbourhood) -> tuple[Reason, ...]:
    """Return why a job has its status."""
    explanation = None
    if history.job.status is JobStatus.READY:
        answered = await explanations.soon(history.job.workflow_id)
        if answered.value is None:
            return (ASKING,) if answered.is_asking else ()
        explanation = answered.value
    return tuple(Reason(each.text, _href(history, each)) for each in job_reasons(history, near, explanation))


def _href(history: JobHistory, reason: JobReason) -> str | None:
    match reason.lead:
        case Lead.LOG:
            attempt = history.chosen
            return addresses.log(
                reason.job_id,
                run=attempt.run_id if attempt else None,
                attempt=attempt.attempt_id if attempt else None,
            )
        case Lead.JOB:
            return addresses.job(reason.job_id)
        case Lead.GRAPH:
            return addresses.graph(history.job.workflow_id, job=reason.job_id)
        case _:
            return None
