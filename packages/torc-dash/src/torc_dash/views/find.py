"""What the palette finds for a text: workflows and jobs by number or name, as JSON."""

import asyncio
import re
from dataclasses import asdict, dataclass

from aiohttp import web

from torc_client.client import TorcClient
from torc_client.errors import ApiError
from torc_dash import addresses
from torc_dash.upstream import CLIENT

MOST = 8
_LONGEST = 200
_NUMBER = re.compile(r"[0-9]{1,18}")
# Other characters have a meaning in filters.
_WORD = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Destination:
    """A page to go to."""

    title: str
    hint: str
    href: str


async def find(request: web.Request) -> web.Response:
    """Respond with the pages for a text; jobs are searched in the workflow of the open page."""
    client = request.app[CLIENT]
    text = request.query.get("q", "").strip()[:_LONGEST]
    workflow = request.query.get("workflow", "")
    searches = []
    if _NUMBER.fullmatch(text):
        searches += [_workflow(client, int(text)), _job(client, int(text))]
    words = _WORD.findall(text)
    if words:
        searches.append(_workflows(client, max(words, key=len)))
    if text and _NUMBER.fullmatch(workflow):
        searches.append(_jobs(client, int(workflow), text))
    found = await asyncio.gather(*searches)
    pages = dict.fromkeys(one for some in found for one in some)
    return web.json_response({"found": [asdict(one) for one in pages]})


async def _workflow(client: TorcClient, number: int) -> list[Destination]:
    try:
        workflow = await client.workflows.get_workflow(number)
    except ApiError:
        return []
    return [Destination(workflow.name, f"workflow {number}", addresses.workflow(number))]


async def _job(client: TorcClient, number: int) -> list[Destination]:
    try:
        job = await client.jobs.get_job(number)
    except ApiError:
        return []
    return [Destination(job.name, f"job {number} of workflow {job.workflow_id}", addresses.job(number))]


async def _workflows(client: TorcClient, word: str) -> list[Destination]:
    try:
        listed = await client.workflows.list_workflows(
            filter=f"name~{word}", limit=MOST, sort_by="id", reverse_sort=True
        )
    except ApiError:
        return []
    return [Destination(one.name, f"workflow {one.id}", addresses.workflow(one.id or 0)) for one in listed.items]


async def _jobs(client: TorcClient, workflow_id: int, text: str) -> list[Destination]:
    try:
        listed = await client.jobs.list_jobs(workflow_id=workflow_id, name=text, limit=MOST)
    except ApiError:
        return []
    return [Destination(one.name, f"job {one.id}", addresses.job(one.id or 0)) for one in listed.items]


ROUTES = (web.get("/find", find, name="find"),)
