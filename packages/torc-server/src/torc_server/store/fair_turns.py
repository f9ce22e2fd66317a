"""Who reads next: fair turns for callers that share a few readers."""

import asyncio
from collections.abc import Hashable


class FairTurns:
    """Turns at `size` readers. Belongs to one event loop.

    Callers that wait take turns, those with the fewest reads in progress first. The last free reader is kept for
    callers without a read in progress, so that the reads of one caller never occupy all readers. The kinds of reads of
    one caller take turns too: clients without a name share one, and large lists must not delay their small reads.
    """

    def __init__(self, size: int) -> None:
        self._free = size
        self._reads: dict[Hashable, int] = {}
        # By caller and kind, in the order of their turns. Entries without a read that waits are removed.
        self._waiting: dict[Hashable, dict[Hashable, dict[asyncio.Future[None], None]]] = {}

    def begin(self, caller: Hashable, kind: Hashable = None) -> "asyncio.Future[None] | None":
        """Begin a read now and return None, or return a future that is set when the read begins.

        Call `end` after each read that began, and `leave` with a future that is no longer awaited.
        """
        if not self._waiting and self._may_begin(caller):
            self._count(caller)
            return None
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, {}).setdefault(kind, {})[turn] = None
        self._fill()
        return turn

    def end(self, caller: Hashable) -> None:
        """End a read of a caller. The next ones begin."""
        self._free += 1
        if self._reads[caller] == 1:
            del self._reads[caller]
        else:
            self._reads[caller] -= 1
        self._fill()

    def leave(self, caller: Hashable, kind: Hashable, turn: "asyncio.Future[None]") -> None:
        """Give up a place in the queue, or the turn if it has come in the meantime."""
        if turn.done() and not turn.cancelled():
            self.end(caller)
            return
        kinds = self._waiting.get(caller, {})
        queue = kinds.get(kind, {})
        if turn in queue:
            del queue[turn]
            if not queue:
                del kinds[kind]
            if not kinds:
                del self._waiting[caller]
            self._fill()

    def reads_of(self, caller: Hashable) -> int:
        """Return the number of reads of a caller that are in progress."""
        return self._reads.get(caller, 0)

    @property
    def keeps_others_waiting(self) -> bool:
        """Whether a caller without a read in progress waits."""
        return any(caller not in self._reads for caller in self._waiting)

    def _may_begin(self, caller: Hashable) -> bool:
        return self._free > 1 or (self._free == 1 and caller not in self._reads)

    def _count(self, caller: Hashable) -> None:
        self._free -= 1
        self._reads[caller] = self._reads.get(caller, 0) + 1

    def _fill(self) -> None:
        """Let waiting reads begin while there are free readers for them."""
        while self._free and self._waiting:
            caller = self._next()
            if not self._may_begin(caller):
                return
            kinds = self._waiting.pop(caller)
            kind = next(iter(kinds))
            queue = kinds.pop(kind)
            turn = next(iter(queue))
            del queue[turn]
            # Both go to the end of their order.
            if queue:
                kinds[kind] = queue
            if kinds:
                self._waiting[caller] = kinds
            if not turn.cancelled():
                self._count(caller)
                turn.set_result(None)

    def _next(self) -> Hashable:
        """Return the waiting caller with the fewest reads in progress; of several, the first in order."""
        fewest: Hashable = None
        fewest_reads: int | None = None
        for caller in self._waiting:
            reads = self._reads.get(caller, 0)
            if reads == 0:
                return caller
            if fewest_reads is None or reads < fewest_reads:
                fewest, fewest_reads = caller, reads
        return fewest
