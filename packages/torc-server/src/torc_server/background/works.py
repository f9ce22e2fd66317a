"""All that goes on in the background beside a running application, for whoever starts one."""

from collections.abc import Callable, Mapping, Sequence

from torc_server.background.leases import Leases
from torc_server.background.run_unit import RunUnit
from torc_server.background.supervisor import Work
from torc_server.background.tasks import Perform, Tasks


class Background:
    """What listens to the news of commits, and works on the same store."""

    def __init__(self, leases: Leases | None = None) -> None:
        self._leases = Leases() if leases is None else leases
        self._tasks = Tasks()

    @property
    def listeners(self) -> Sequence[Callable[[Sequence[object]], None]]:
        """What wants to hear the news of each commit."""
        return (self._leases.deliver, self._tasks.deliver)

    def works(self, run: RunUnit, perform: Perform) -> Mapping[str, Work]:
        """What is to be kept running; `run` is the writer's, and takes units of work; `perform` takes long ones."""
        return {"leases": lambda: self._leases.work(run), "tasks": lambda: self._tasks.work(run, perform)}
