"""The job counts of a workflow as slices of a bar."""

from torc_client.api.records import JobGroupModel, WorkflowStatusResponse
from torc_client.overview.progress import ORDER, count, shares
from torc_dash.tables import Slice

# In percent: about 3 px of the narrowest bar, with the outline in `style.css`. One job of 100,000 is visible.
THINNEST_PERCENT = 0.9


def slices_of(status: WorkflowStatusResponse | JobGroupModel) -> tuple[Slice, ...]:
    """Return the counts as adjoining slices of a bar. Statuses without jobs have no slice; the others are visible."""
    present = [(one, count(status, one)) for one in ORDER if count(status, one)]
    slices: list[Slice] = []
    start = 0.0
    for (one, jobs), width in zip(present, shares([jobs for _, jobs in present], 100, THINNEST_PERCENT), strict=True):
        slices.append(Slice(one.value, jobs, round(start, 3), round(width, 3)))
        start += width
    return tuple(slices)
