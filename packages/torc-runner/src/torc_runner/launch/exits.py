"""Watch for ends of children: one epoll for all pidfds, which is far cheaper than the event loop for each child."""

import asyncio
import select
from collections.abc import Callable


class Exits:
    """Watches children on the running event loop. `close` it when no child is left.

    `after_some` is called after each batch of ends.
    """

    def __init__(self, after_some: Callable[[], None] = lambda: None) -> None:
        self._after_some = after_some
        self._epoll = select.epoll()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._epoll.fileno(), self._ready)

    def watch(self, pidfd: int, ended: Callable[[], None]) -> None:
        """Call `ended` when the process has ended, unless `forget` was called before. Raises OSError."""
        self._epoll.register(pidfd, select.EPOLLIN)
        self._callbacks[pidfd] = ended

    def forget(self, pidfd: int) -> None:
        """Stop watching a process."""
        if self._callbacks.pop(pidfd, None) is not None:
            self._epoll.unregister(pidfd)

    def close(self) -> None:
        """Stop watching."""
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _ready(self) -> None:
        for pidfd, _ in self._epoll.poll(0):
            ended = self._callbacks.get(pidfd)
            self.forget(pidfd)
            if ended is not None:
                ended()
        self._after_some()
