"""The drawing of the jobs near one job."""

from torc_client.graph.model import GraphNode
from torc_client.overview.neighbours import Neighbourhood
from torc_dash import addresses
from torc_dash.graph_drawing import Drawing, NodeText, draw


def text_of_near(found: Neighbourhood, node: GraphNode, *, leads_to_graph: bool) -> NodeText:
    """Return the texts of a node. Its link leads to the job, or to the graph around it."""
    job = found.jobs.get(node.key)
    if job is None:
        return NodeText("not drawn", None, {})
    is_chosen = job.step == 0
    href = addresses.graph(found.workflow_id, job=job.job_id) if leads_to_graph else addresses.job(job.job_id)
    if is_chosen:
        href = addresses.job(job.job_id)
    return NodeText(job.status.value.replace("_", " "), href, {}, status=job.status.value, is_chosen=is_chosen)


def draw_near(found: Neighbourhood, *, leads_to_graph: bool) -> Drawing:
    """Draw the graph."""
    return draw(found.graph, lambda node: text_of_near(found, node, leads_to_graph=leads_to_graph), with_path=False)
