"""What ends when the terminal interface ends. Pure."""

from collections.abc import Sequence

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.actions.proposal import Proposal
from torc_client.tui.processes import ChildProcess


def quitting(running: Sequence[ChildProcess]) -> Proposal:
    """Say which programs end with this one."""
    lines = [f"torc {inert_line(each.title)}: {each.state}" for each in running]
    lines.append("They are asked to end: a runner stops its jobs, which can run again later.")
    return Proposal("Programs that were started from here still run", tuple(lines), "Quit", is_dangerous=True)
