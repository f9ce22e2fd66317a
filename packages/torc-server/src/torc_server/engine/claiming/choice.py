"""Choose among the ready jobs those that fit what remains of an offer."""

from torc_server.engine.claiming.node_packing import Packing
from torc_server.engine.claiming.packing import NodeOffer, ReadyClass, Remaining, SortMethod, in_order
from torc_server.engine.claiming.ready_classes import ReadyJobs, jobs_of, pages
from torc_server.engine.claiming.reservations import Reservation
from torc_server.engine.ids import JobId
from torc_server.store.transaction import Transaction


class Choice:
    """The jobs that are chosen in one packing.

    `reservation` says which jobs may start although one of higher priority waits. The classes at the positions
    `skipped` are not chosen.
    """

    def __init__(
        self,
        remaining: Packing,
        sort_method: SortMethod,
        reservation: Reservation | None = None,
        skipped: frozenset[tuple[int, ...]] = frozenset(),
    ) -> None:
        self.chosen: list[JobId] = []
        self._remaining = remaining
        self._sort_method = sort_method
        self._reservation = reservation
        self._skipped = skipped

    def pack(self, tx: Transaction, ready: ReadyJobs) -> bool:
        """Choose jobs that fit, and subtract their resources. Return whether any class fits the offer."""
        is_candidate = False
        for classes in pages(tx, ready, lambda: self._bound(ready)):
            for ready_class in in_order(classes, self._sort_method):
                if self._reservation is not None and not self._reservation.fits_now(ready_class):
                    self._reservation.block(ready, ready_class)
                elif not self._skipped or ready_class.position not in self._skipped:
                    is_candidate |= self._remaining.offers_enough(ready_class)
                    self._take(tx, ready, ready_class)
            if self._remaining.jobs == 0:
                break
        return is_candidate

    def _bound(self, ready: ReadyJobs) -> NodeOffer:
        """Return the bound of the classes to read."""
        is_offer = self._reservation is None or ready.any_scheduler
        return ready.offer if is_offer or self._reservation is None else self._reservation.bound

    def _take(self, tx: Transaction, ready: ReadyJobs, ready_class: ReadyClass) -> None:
        fitting = self._remaining.for_jobs_of(ready_class)
        wanted = fitting
        if self._reservation is not None and isinstance(self._remaining, Remaining):
            wanted = self._reservation.allowed(ready_class, fitting, self._remaining, self.chosen)
        if wanted:
            jobs = jobs_of(tx, ready, ready_class, wanted)
            self._remaining.take(ready_class, len(jobs))
            self.chosen += jobs
            if self._reservation is not None:
                self._reservation.take(ready_class, len(jobs))
            if len(jobs) < fitting:
                return
        if self._reservation is not None and wanted == fitting and self._remaining.jobs > 0:
            self._reservation.block(ready, ready_class)
