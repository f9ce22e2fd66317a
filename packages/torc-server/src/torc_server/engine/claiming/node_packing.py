"""Compute which jobs fit an offer that says what is free of each node. No SQL."""

from collections.abc import Callable

from torc_server.engine.claiming.packing import Amounts, NodeOffer, NodesAlike, ReadyClass, Remaining, needs_of


class RemainingNodes:
    """What is still free of each node of an offer, and the number of jobs that are still wanted.

    A job for one node gets the fullest node that it fits; a job for several nodes gets idle nodes for itself. Jobs come
    in the order of their claim: if one needs several nodes and too few are idle, the nodes that will be idle first, as
    far as their use shows, are kept free for it. Without that, jobs for one node would fill every node as soon as a
    part of it is free, and the job would never run.
    """

    def __init__(self, nodes: tuple[NodesAlike, ...], limit: int) -> None:
        self.jobs = limit
        self.keeps_nodes_free = False
        self._offered = [group for group in nodes if group.count > 0]
        self._groups = self._offered

    def offers_enough(self, ready: ReadyClass) -> bool:
        """Whether the offer fits a job of this class, or will when jobs that run now have ended, if nodes are kept."""
        needs = needs_of(ready)
        if ready.num_nodes > 1:
            return sum(group.count for group in self._offered if _fits(needs, group.size)) >= ready.num_nodes
        return any(not group.only_whole and _fits(needs, group.free) for group in self._offered)

    def for_jobs_of(self, ready: ReadyClass) -> int:
        """Return the number of jobs of this class that still fit. For a job that must wait, keep nodes free."""
        if self.jobs <= 0:
            return 0
        needs = needs_of(ready)
        if ready.num_nodes > 1:
            return self._for_several(needs, ready.num_nodes)
        if not any(needs):
            return self.jobs if any(not group.only_whole for group in self._groups) else 0
        return min(self.jobs, sum(_times(group, needs) * group.count for group in self._groups))

    def take(self, ready: ReadyClass, count: int) -> None:
        """Subtract the resources of `count` jobs of the class."""
        self.jobs -= count
        needs = needs_of(ready)
        if ready.num_nodes > 1:
            self._take_idle(needs, count * ready.num_nodes)
            return
        groups: list[NodesAlike] = []
        for group in sorted(self._groups, key=_fullness):
            per_node = _times(group, needs)
            if not count or not per_node or not any(needs):
                groups.append(group)
                continue
            full, rest = divmod(min(count, per_node * group.count), per_node)
            count -= full * per_node + rest
            groups += [
                NodesAlike(number, group.size, _less(group.free, needs, jobs))
                for number, jobs in ((full, per_node), (1 if rest else 0, rest))
                if number
            ]
            left = group.count - full - (1 if rest else 0)
            groups += [NodesAlike(left, group.size, group.free)] if left else []
        self._groups = groups

    def _for_several(self, needs: Amounts, num_nodes: int) -> int:
        idle = sum(group.count for group in self._groups if group.is_idle and _fits(needs, group.size))
        if idle < num_nodes and not self.keeps_nodes_free:
            self._keep_free(needs, num_nodes)
        return min(self.jobs, idle // num_nodes)

    def _keep_free(self, needs: Amounts, num_nodes: int) -> None:
        """Keep this number of nodes that such a job fits free, if there are as many: the emptiest ones."""
        groups = sorted(self._groups, key=_fullness, reverse=True)
        if sum(group.count for group in groups if _fits(needs, group.size)) < num_nodes:
            return
        self.keeps_nodes_free = True
        self._groups = _without(groups, num_nodes, lambda group: _fits(needs, group.size))

    def _take_idle(self, needs: Amounts, number: int) -> None:
        groups = sorted(self._groups, key=_fullness)
        self._groups = _without(groups, number, lambda group: group.is_idle and _fits(needs, group.size))


Packing = Remaining | RemainingNodes


def remaining_of(offer: NodeOffer, limit: int) -> Packing:
    """Return the resources of an offer: of each node if the offer has them."""
    return RemainingNodes(offer.nodes, limit) if offer.nodes else Remaining(offer, limit)


def largest_offer(nodes: tuple[NodesAlike, ...]) -> NodeOffer:
    """Return the offer of these nodes, with the limits of what a job can need of them."""
    return NodeOffer(
        num_cpus=max(group.size[0] for group in nodes),
        memory_bytes=max(group.size[1] for group in nodes),
        num_gpus=max(group.size[2] for group in nodes),
        num_nodes=sum(group.count for group in nodes),
        nodes=nodes,
    )


def _fits(needs: Amounts, amounts: Amounts) -> bool:
    return all(needed <= amount for needed, amount in zip(needs, amounts, strict=True))


def _times(group: NodesAlike, needs: Amounts) -> int:
    """Return the number of jobs that fit each of these nodes. Each job needs something."""
    if group.only_whole:
        return 0
    return max(0, min(free // needed for free, needed in zip(group.free, needs, strict=True) if needed > 0))


def _less(free: Amounts, needs: Amounts, jobs: int) -> Amounts:
    cpus, memory_bytes, gpus = (amount - jobs * needed for amount, needed in zip(free, needs, strict=True))
    return (cpus, memory_bytes, gpus)


def _fullness(group: NodesAlike) -> tuple[bool, int, int, int]:
    """Order nodes as a runner does: the fullest first, and among idle ones the smallest."""
    cpus, memory_bytes, gpus = group.free
    return (group.is_idle, gpus, cpus, memory_bytes)


def _without(groups: list[NodesAlike], number: int, are_taken: Callable[[NodesAlike], bool]) -> list[NodesAlike]:
    """Return the groups without the first `number` nodes that are taken."""
    left: list[NodesAlike] = []
    for group in groups:
        taken = min(number, group.count) if are_taken(group) else 0
        number -= taken
        if taken < group.count:
            left.append(NodesAlike(group.count - taken, group.size, group.free, group.only_whole))
    return left
