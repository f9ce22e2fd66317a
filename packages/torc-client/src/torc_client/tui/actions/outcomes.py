"""What follows an action: a message, another workflow in front, or a program in the viewer of processes."""

import os
import sys
from typing import Any

from torc_client.tui.actions.proposal import Done, TorcProgram
from torc_client.tui.screens.process_viewer import ProcessViewer

# The columns beside the numbers of lines in the viewer of processes.
_NUMBERS_WIDTH = 6
# Without the current directory in the path of modules: its files are data.
_TORC = (sys.executable, "-P", "-m", "torc_client")


async def finish(pane: Any, outcome: Done | TorcProgram) -> None:
    """Report what was done, or start the program and show its output. Raises TorcError."""
    if isinstance(outcome, TorcProgram):
        await start(pane, outcome)
        return
    app = pane.torc
    app.session.notify(outcome.sentence, severity="warning" if outcome.is_trouble else "information")
    if outcome.workflow_id is not None:
        app.choose_workflow(outcome.workflow_id)
        app.main.workflows.point_to(outcome.workflow_id)
    app.main.do_refresh()


async def start(pane: Any, program: TorcProgram) -> None:
    """Start a command of `torc` as a child, and show its output. Raises TorcError."""
    app = pane.torc
    # Its tables fit beside the numbers of lines.
    environment = environment_for(app.session) | {"COLUMNS": str(max(app.size.width - _NUMBERS_WIDTH, 20))}
    argv = (*_TORC, *program.arguments)
    process = await app.processes.start(program.title, argv, environment=environment, folder=program.folder)
    # What a user would type, in place of the path of the interpreter.
    process.argv = ("torc", *program.arguments)
    await app.push_screen_wait(ProcessViewer(process))
    app.main.do_refresh()


def environment_for(session: Any) -> dict[str, str]:
    """Return the environment of a child: the same server and user, and no colours, which the viewer would show."""
    credentials = session.client.credentials
    variables = {} if credentials is None else credentials.variables
    return {**os.environ, **variables, "TORC_API_URL": session.url, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
