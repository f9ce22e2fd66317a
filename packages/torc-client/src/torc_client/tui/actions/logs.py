"""The keys that show logs and the programs that were started from here."""

from pathlib import Path
from typing import Any

from torc_client.api.records import JobModel, ResultModel, ScheduledComputeNodesModel
from torc_client.tui.dispatch import Acting
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.screens.process_viewer import ProcessList, ProcessViewer
from torc_client.tui.session import Session
from torc_client.tui.text.failed_jobs import next_failed_job
from torc_client.tui.text.sources import AllocationLogSource, JobLogSource


def job_log(session: Session, job_id: int, run_id: int | None = None, attempt_id: int | None = None) -> JobLogSource:
    """Return the source of a job's logs: of the newest attempt, unless another one is named."""
    folders = (Path(session.output_dir),)
    return JobLogSource(session.client, job_id, run_id, attempt_id, folders=folders)


def log_of(session: Session, record: object) -> JobLogSource | AllocationLogSource | None:
    """Return the source of the log of a record; None if it has none."""
    match record:
        case JobModel(id=int(job_id)):
            return job_log(session, job_id)
        case ResultModel(job_id=int(job_id)):
            return job_log(session, job_id, record.run_id, record.attempt_id)
        case ScheduledComputeNodesModel():
            return AllocationLogSource(record)
        case _:
            return None


async def show_log(node: Acting) -> None:
    """Show the log of the row of the cursor."""
    table: Any = getattr(node, "table", None)
    row = table.row if table is not None else None
    source = log_of(node.torc.session, row.record) if row is not None else None
    if source is None:
        node.torc.session.notify("The row has no log.")
        return
    await node.torc.push_screen_wait(LogViewer(source))


async def next_failed(node: Acting) -> None:
    """Show the log of the next failed job of the workflow, after the job of the row."""
    session = node.torc.session
    if session.workflow_id is None:
        session.notify("No workflow is chosen.")
        return
    table: Any = getattr(node, "table", None)
    record = table.row.record if table is not None and table.row is not None else None
    after = record.id if isinstance(record, JobModel) else None
    found = await next_failed_job(session.client, session.workflow_id, after)
    if found is None:
        session.notify("No job of this workflow failed.")
        return
    session.notify(found.message)
    await node.torc.push_screen_wait(LogViewer(job_log(session, found.job_id)))


async def show_processes(node: Acting) -> None:
    """Show the programs that were started from here, and the output of the chosen one."""
    app = node.torc
    if not app.processes.all:
        app.session.notify("No program was started from here.")
        return
    process = await app.push_screen_wait(ProcessList(app.processes))
    if process is not None:
        await app.push_screen_wait(ProcessViewer(process))
