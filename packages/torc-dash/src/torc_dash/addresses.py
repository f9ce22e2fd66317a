"""The addresses of all pages, and the pieces of which routes are made.

A page links to another one only by these functions, so that it does not import it. Every value is escaped.
"""

from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

from torc_client.edge.filter_language import quoted

# The number of a workflow, job or task in a route.
ID = "{id:[0-9]{1,18}}"

Value = str | int | float | bool | None


def _with(path: str, query: dict[str, Value]) -> str:
    given = {name: value for name, value in query.items() if value is not None and value != ""}
    return f"{path}?{urlencode(given)}" if given else path


def workflows(**query: Value) -> str:
    """Return the address of the list of workflows."""
    return _with("/workflows", query)


def workflow(workflow_id: int, **query: Value) -> str:
    """Return the address of the overview of a workflow."""
    return _with(f"/workflows/{workflow_id}", query)


def jobs(workflow_id: int, **query: Value) -> str:
    """Return the address of a workflow's jobs; `query` selects some."""
    return _with(f"/workflows/{workflow_id}/jobs", query)


def jobs_of_group(workflow_id: int, key: str) -> str:
    """Return the address of the jobs of a group."""
    return jobs(workflow_id, filter=f"group={quoted(key)}")


def jobs_within(workflow_id: int, words: str, start: str, end: str) -> str:
    """Return the address of the jobs that some words select and that ran between two times in ISO 8601.

    Pages have thousands of these, so the words are escaped once.
    """
    times = f" start_time<={end} completion_time>={start}"
    for character, escaped in ((" ", "+"), ("<", "%3C"), (">", "%3E"), ("=", "%3D"), (":", "%3A")):
        times = times.replace(character, escaped)
    return f"/workflows/{workflow_id}/jobs?filter={_escaped(words)}{times}"


@lru_cache(maxsize=1000)
def _escaped(words: str) -> str:
    return quote_plus(words)


def graph(workflow_id: int, **query: Value) -> str:
    """Return the address of a workflow's graph; `job` is the id of a job to show with its neighbours."""
    return _with(f"/workflows/{workflow_id}/graph", query)


def timeline(workflow_id: int, **query: Value) -> str:
    """Return the address of what ran when."""
    return _with(f"/workflows/{workflow_id}/timeline", query)


def resources(workflow_id: int, **query: Value) -> str:
    """Return the address of requested and used resources."""
    return _with(f"/workflows/{workflow_id}/resources", query)


def table(workflow_id: int, name: str, **query: Value) -> str:
    """Return the address of a table of a workflow, for example `results`."""
    return _with(f"/workflows/{workflow_id}/tables/{quote(name, safe='')}", query)


def nodes(workflow_id: int, **query: Value) -> str:
    """Return the address of a workflow's compute nodes and allocations."""
    return _with(f"/workflows/{workflow_id}/nodes", query)


def events(workflow_id: int, **query: Value) -> str:
    """Return the address of a workflow's events."""
    return _with(f"/workflows/{workflow_id}/events", query)


def spec(workflow_id: int, **query: Value) -> str:
    """Return the address of a workflow's specification."""
    return _with(f"/workflows/{workflow_id}/spec", query)


def spec_file(workflow_id: int, format_name: str, **query: Value) -> str:
    """Return the address of a workflow's specification as a file."""
    return _with(f"/workflows/{workflow_id}/spec/file.{quote(format_name, safe='')}", query)


def export(workflow_id: int) -> str:
    """Return the address of the export of a workflow."""
    return f"/workflows/{workflow_id}/export"


def action(workflow_id: int, name: str, **query: Value) -> str:
    """Return the address of an action on a workflow, or on some of its jobs, which `query` selects."""
    return _with(f"/workflows/{workflow_id}/actions/{quote(name, safe='')}", query)


def recover(workflow_id: int) -> str:
    """Return the address where failed jobs are recovered by classes."""
    return f"/workflows/{workflow_id}/recover"


def action_on_several(name: str) -> str:
    """Return the address of an action on several workflows; the ids are in the query."""
    return f"/workflows/actions/{quote(name, safe='')}"


def job(job_id: int, **query: Value) -> str:
    """Return the address of a job."""
    return _with(f"/jobs/{job_id}", query)


def log(job_id: int, stream: str | None = None, *, line: int | None = None, **query: Value) -> str:
    """Return the address of a job's output, at a line if one is given."""
    fragment = "" if line is None else f"#L{line}"
    return _with(f"/jobs/{job_id}/log", {"stream": stream, "line": line, **query}) + fragment


def access_groups(**query: Value) -> str:
    """Return the address of the list of access groups."""
    return _with("/access-groups", query)


def access_group(group_id: int) -> str:
    """Return the address of an access group."""
    return f"/access-groups/{group_id}"


def access_group_action(group_id: int, name: str, **query: Value) -> str:
    """Return the address of an action on an access group."""
    return _with(f"/access-groups/{group_id}/actions/{quote(name, safe='')}", query)


def tasks() -> str:
    """Return the address of the list of tasks of this dashboard."""
    return "/tasks"


def task(task_id: int | str) -> str:
    """Return the address of a task of this dashboard."""
    return f"/tasks/{quote(str(task_id), safe='')}"


def new(**query: Value) -> str:
    """Return the address where workflows are created."""
    return _with("/new", query)


def import_() -> str:
    """Return the address where exported workflows are imported."""
    return "/new/import"


def wizard() -> str:
    """Return the address of the form that writes a spec."""
    return "/new/wizard"


def cluster() -> str:
    """Return the address of partitions and queue."""
    return "/cluster"


def settings() -> str:
    """Return the address of the reader's settings."""
    return "/settings"


def static(name: str) -> str:
    """Return the address of a file in `static`."""
    return f"/static/{quote(name)}"
