"""Guessing takes longer and longer; whoever was right before never notices."""

import asyncio
import threading

import pytest

from torc_server.auth import credentials, failures
from torc_server.auth.credentials import CredentialChecker, Overloaded
from torc_server.auth.failures import (
    FIRST_DELAY_SECONDS,
    FORGOTTEN_AFTER_SECONDS,
    FREE_PER_ADDRESS,
    FREE_PER_USER,
    LONGEST_DELAY_SECONDS,
    Failures,
)

GUESSER, HOME = "192.0.2.1", "192.0.2.2"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Naps:
    """Stands for the time that passes: notes how long each attempt had to wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def taken(self) -> list[float]:
        seconds, self.seconds = self.seconds, []
        return seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def naps():
    return Naps()


@pytest.fixture
def checker(clock: Clock, naps: Naps):
    users = {user: user.encode() for user in ("ann", "bob")}
    checker = CredentialChecker(
        users, cache_ttl_seconds=60, clock=clock, sleep=naps, matches=lambda password, _: password == "right"
    )
    yield checker
    checker.close()


async def guess(checker: CredentialChecker, count: int, user: str = "ann", address: str = GUESSER) -> None:
    for number in range(count):
        assert not await checker.verify(user, f"guess {number}", address=address)


async def test_a_few_mistakes_cost_nothing_and_then_each_costs_double(checker: CredentialChecker, naps: Naps):
    await guess(checker, FREE_PER_USER)
    await guess(checker, 1)
    assert naps.taken() == []
    await guess(checker, 7)
    assert naps.taken() == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


async def test_the_user_is_slowed_from_every_address(checker: CredentialChecker, naps: Naps):
    for number in range(FREE_PER_USER + 1):
        await guess(checker, 1, address=f"198.51.100.{number}")
    assert await checker.verify("ann", "right", address=HOME)
    assert naps.taken() == [FIRST_DELAY_SECONDS]


async def test_the_address_is_slowed_whatever_user_it_tries(checker: CredentialChecker, naps: Naps):
    for number in range(FREE_PER_ADDRESS + 1):
        await guess(checker, 1, user=f"user {number}")
    assert naps.taken() == []
    assert await checker.verify("bob", "right", address=GUESSER)
    assert naps.taken() == [FIRST_DELAY_SECONDS]
    assert await checker.verify("bob", "right", address=HOME)
    assert naps.taken() == []


async def test_unknown_users_are_slowed_like_known_ones(checker: CredentialChecker, naps: Naps):
    await guess(checker, FREE_PER_USER + 3, user="eve")
    unknown = naps.taken()
    await guess(checker, FREE_PER_USER + 3, user="ann", address=HOME)
    assert naps.taken() == unknown


async def test_neighbours_of_one_ipv6_network_count_as_one(checker: CredentialChecker, naps: Naps):
    for number in range(FREE_PER_ADDRESS + 1):
        await guess(checker, 1, user=f"user {number}", address=f"2001:db8::{number:x}")
    assert await checker.verify("bob", "right", address="2001:db8::ffff")
    assert await checker.verify("ann", "right", address="2001:db8:0:1::1")
    assert naps.taken() == [FIRST_DELAY_SECONDS]


async def test_whoever_was_right_before_never_waits(checker: CredentialChecker, naps: Naps, clock: Clock):
    assert await checker.verify("ann", "right", address=HOME)
    await guess(checker, 40)
    naps.taken()
    assert await checker.verify("ann", "right", address=HOME)
    assert await checker.verify("ann", "right", address=GUESSER)
    # Also when the password has to be checked again, since it is no longer remembered.
    clock.now += 61
    assert await checker.verify("ann", "right", address=GUESSER)
    assert naps.taken() == []


async def test_a_right_password_ends_the_mistakes_of_its_user(checker: CredentialChecker, naps: Naps):
    await guess(checker, FREE_PER_USER + 2)
    assert await checker.verify("ann", "right", address=HOME)
    naps.taken()
    await guess(checker, FREE_PER_USER, address=HOME)
    assert naps.taken() == []


async def test_failures_are_forgotten(checker: CredentialChecker, naps: Naps, clock: Clock):
    await guess(checker, FREE_PER_ADDRESS + 5)
    naps.taken()
    clock.now += FORGOTTEN_AFTER_SECONDS + 1
    await guess(checker, 1)
    assert naps.taken() == []


async def test_a_reload_does_not_forgive(checker: CredentialChecker, naps: Naps):
    await guess(checker, FREE_PER_USER + 1)
    checker.replace({"ann": b"new"})
    await guess(checker, 1)
    assert naps.taken() == [FIRST_DELAY_SECONDS]


def test_what_is_kept_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(failures, "KEPT_MAX", 3)
    tally = Failures(0, clock)
    for key in ("a" * 100_000, "b", "c", "b", "d"):
        tally.note(key)
    assert len(tally) == 3
    assert tally.delay_seconds("a" * 100_000) == 0
    assert tally.delay_seconds("b") == 2 * FIRST_DELAY_SECONDS


def test_endless_failures_wait_the_longest(clock: Clock):
    tally = Failures(0, clock)
    for _ in range(5000):
        tally.note("a")
    assert tally.delay_seconds("a") == LONGEST_DELAY_SECONDS


async def test_a_flood_from_one_address_keeps_nobody_else_waiting(clock: Clock, naps: Naps):
    """The guesser's checks are stuck; somebody else's first login is checked all the same."""
    stuck = threading.Event()

    def matches(password: str, _: bytes) -> bool:
        if password.startswith("flood"):
            stuck.wait(10)
        return password == "right"

    checker = CredentialChecker({"ann": b"ann"}, cache_ttl_seconds=60, clock=clock, sleep=naps, matches=matches)
    await guess(checker, FREE_PER_ADDRESS + 1, user="eve")
    flood = [
        asyncio.create_task(checker.verify("eve", f"flood {number}", address=GUESSER))
        for number in range(credentials.SLOWED_PER_ADDRESS_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await checker.verify("eve", "one more", address=GUESSER)
    assert await checker.verify("ann", "right", address=HOME)
    stuck.set()
    assert not any(await asyncio.gather(*flood))
    checker.close()


async def test_an_address_gets_no_more_than_its_share_of_the_queue(clock: Clock, naps: Naps):
    stuck = threading.Event()

    def matches(password: str, _: bytes) -> bool:
        stuck.wait(10)
        return password == "right"

    checker = CredentialChecker({"ann": b"ann"}, cache_ttl_seconds=60, clock=clock, sleep=naps, matches=matches)
    burst = [
        asyncio.create_task(checker.verify("eve", f"guess {number}", address=GUESSER))
        for number in range(credentials.WAITING_PER_ADDRESS_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await checker.verify("eve", "one more", address=GUESSER)
    elsewhere = asyncio.create_task(checker.verify("ann", "right", address=HOME))
    await asyncio.sleep(0)
    stuck.set()
    assert await elsewhere
    assert not any(await asyncio.gather(*burst))
    checker.close()


async def test_a_flood_from_everywhere_keeps_nobody_waiting_who_is_remembered(clock: Clock, naps: Naps):
    """No thread is free and the queue is full: what is remembered needs neither."""
    stuck = threading.Event()

    def matches(password: str, _: bytes) -> bool:
        if password.startswith("flood"):
            stuck.wait(10)
        return password == "right"

    checker = CredentialChecker({"ann": b"ann"}, cache_ttl_seconds=60, clock=clock, sleep=naps, matches=matches)
    assert await checker.verify("ann", "right", address=HOME)
    flood = [
        asyncio.create_task(checker.verify("ann", f"flood {number}", address=f"198.51.100.{number}"))
        for number in range(credentials.WAITING_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await checker.verify("ann", "flood too", address=HOME)
    assert await checker.verify("ann", "right", address=HOME)
    assert not any(each.done() for each in flood)
    stuck.set()
    assert not any(await asyncio.gather(*flood))
    checker.close()
