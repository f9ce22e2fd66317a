"""Guesses are slowed down and refused; other logins do not notice them."""

import asyncio
import math
import os
import threading

import pytest

from torc_server.auth import credentials, failures
from torc_server.auth.credentials import CredentialChecker, Overloaded, Throttled
from torc_server.auth.failures import (
    FORGOTTEN_AFTER_SECONDS,
    FREE_PER_ADDRESS,
    FREE_PER_PAIR,
    FREE_PER_USER,
    LONGEST_DELAY_SECONDS,
    Failures,
)

GUESSER, HOME = "192.0.2.1", "192.0.2.2"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Hashing:
    """Stands for bcrypt: counts the checks, and can be held back for passwords that begin with "slow"."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.niceness: dict[str, int] = {}
        self.go = threading.Event()

    def __call__(self, password: str, _: bytes) -> bool:
        if password.startswith("slow"):
            self.go.wait(30)
        self.checked.append(password)
        self.niceness[password] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        return password == "right"


class Naps:
    """Stands for the time that passes before a late answer."""

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
def hashing():
    hashing = Hashing()
    yield hashing
    hashing.go.set()


@pytest.fixture
def checker(clock: Clock, naps: Naps, hashing: Hashing):
    users = {user: user.encode() for user in ("ann", "bob", "cid")}
    checker = CredentialChecker(users, cache_ttl_seconds=60, clock=clock, sleep=naps, matches=hashing)
    yield checker
    hashing.go.set()
    checker.close()


async def guess(checker: CredentialChecker, count: int, user: str = "ann", address: str = GUESSER) -> None:
    for number in range(count):
        assert not await checker.verify(user, f"guess {number} of {address}", address=address)


async def spray(checker: CredentialChecker, count: int, address: str = GUESSER) -> None:
    """Guess once for each of many names that do not exist."""
    for number in range(count):
        assert not await checker.verify(f"name {number}", "guess", address=address)


async def seconds_until_checked(checker: CredentialChecker, clock: Clock, user: str) -> float:
    """Return the time that a refusal states, after which an attempt is checked."""
    with pytest.raises(Throttled) as caught:
        await checker.verify(user, "wrong", address=GUESSER)
    clock.now += caught.value.seconds
    assert not await checker.verify(user, f"wrong at {clock.now}", address=GUESSER)
    return caught.value.seconds


@pytest.mark.parametrize("user", ["ann", "eve"])
async def test_a_few_mistakes_cost_nothing_and_then_each_costs_double(
    checker: CredentialChecker, clock: Clock, hashing: Hashing, user: str
):
    await guess(checker, FREE_PER_PAIR + 1, user)
    assert [await seconds_until_checked(checker, clock, user) for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, 4.0]
    checked = len(hashing.checked)
    for _ in range(1000):
        with pytest.raises(Throttled):
            await checker.verify(user, "one more", address=GUESSER)
    assert len(hashing.checked) == checked


async def test_attempts_that_are_checked_at_once_count(checker: CredentialChecker, hashing: Hashing):
    tasks = [asyncio.create_task(checker.verify("ann", f"slow {n}", address=GUESSER)) for n in range(50)]
    await asyncio.sleep(0)
    hashing.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(each, Throttled) for each in outcomes) == 50 - FREE_PER_PAIR - 1
    assert len(hashing.checked) == FREE_PER_PAIR + 1


async def test_a_guessed_user_logs_in_from_another_address(checker: CredentialChecker):
    await guess(checker, FREE_PER_PAIR + 1)
    assert await checker.verify("ann", "right", address=HOME)


async def test_guesses_from_many_addresses_wait_behind_each_other_alone(checker: CredentialChecker, hashing: Hashing):
    """The name is guessed from everywhere; whoever logged in before and others are checked on other threads."""
    assert await checker.verify("ann", "right", address=HOME)
    for number in range(FREE_PER_USER + 5):
        await guess(checker, 1, address=f"198.51.100.{number}")
    flood = [
        asyncio.create_task(checker.verify("ann", f"slow {number}", address=f"203.0.113.{number}"))
        for number in range(20)
    ]
    await asyncio.sleep(0)
    assert not await checker.verify("ann", "new", address=HOME)
    assert await checker.verify("bob", "right", address="198.51.100.1")
    hashing.go.set()
    assert not any(await asyncio.gather(*flood))


async def test_guesses_take_no_processor_time_from_other_checks(checker: CredentialChecker, hashing: Hashing):
    for number in range(FREE_PER_USER + 5):
        await guess(checker, 1, address=f"198.51.100.{number}")
    assert not await checker.verify("ann", "guessed", address=HOME)
    assert await checker.verify("bob", "right", address=HOME)
    assert hashing.niceness["guessed"] == 19
    assert hashing.niceness["right"] == os.getpriority(os.PRIO_PROCESS, 0)


async def test_a_login_is_checked_before_the_guesses_of_its_address(
    checker: CredentialChecker, clock: Clock, hashing: Hashing
):
    """All threads are busy and guesses wait; those who logged in before come first, then those who are not guessed."""
    assert await checker.verify("bob", "right", address=GUESSER)
    clock.now += 61
    await spray(checker, FREE_PER_ADDRESS)
    held = [
        asyncio.create_task(checker.verify("ann", f"slow {number}", address=GUESSER))
        for number in range(credentials.THREADS)
    ]
    await asyncio.sleep(0)
    guesses = [asyncio.create_task(checker.verify("ann", f"guess {number}", address=GUESSER)) for number in range(3)]
    await asyncio.sleep(0)
    new = asyncio.create_task(checker.verify("cid", "right", address=GUESSER))
    await asyncio.sleep(0)
    known = asyncio.create_task(checker.verify("bob", "right", address=GUESSER))
    await asyncio.sleep(0)
    del hashing.checked[:]
    hashing.go.set()
    assert await known
    assert await new
    assert not any(await asyncio.gather(*held, *guesses))
    order = [each for each in hashing.checked if not each.startswith("slow")]
    assert sorted(order[:2]) == ["right", "right"]


async def test_credentials_that_were_valid_do_not_wait_for_checks_in_progress(
    checker: CredentialChecker, clock: Clock, hashing: Hashing
):
    assert await checker.verify("bob", "right", address=HOME)
    clock.now += 61
    held = [
        asyncio.create_task(checker.verify("cid", f"slow {number}", address=f"198.51.100.{number}"))
        for number in range(10)
    ]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        for address in (HOME, GUESSER, HOME):
            assert await checker.verify("bob", "right", address=address)
            clock.now += 61
    assert not any(each.done() for each in held)
    hashing.go.set()
    assert not any(await asyncio.gather(*held))


async def test_a_connection_with_wrong_passwords_comes_later(checker: CredentialChecker, hashing: Hashing):
    held = [
        asyncio.create_task(checker.verify(user, f"slow {user}", address=HOME))
        for user in ("one", "two")[: credentials.THREADS]
    ]
    await asyncio.sleep(0)
    guess_of_a_guesser = asyncio.create_task(checker.verify("ann", "guess", address=GUESSER, refused=3))
    await asyncio.sleep(0)
    login = asyncio.create_task(checker.verify("bob", "right", address=GUESSER))
    await asyncio.sleep(0)
    hashing.go.set()
    assert await login
    assert not any(await asyncio.gather(*held, guess_of_a_guesser))
    assert hashing.checked.index("right") < hashing.checked.index("guess")


async def test_names_that_do_not_exist_cost_no_check_after_many(
    checker: CredentialChecker, hashing: Hashing, naps: Naps
):
    await spray(checker, FREE_PER_ADDRESS)
    assert len(hashing.checked) == FREE_PER_ADDRESS
    assert naps.taken() == []
    await spray(checker, 50)
    assert len(hashing.checked) == FREE_PER_ADDRESS
    assert await checker.verify("bob", "right", address=GUESSER)


async def test_late_answers_do_not_show_whether_a_user_exists(checker: CredentialChecker, naps: Naps):
    await spray(checker, FREE_PER_ADDRESS)
    for user in ("bob", "eve"):
        assert not await checker.verify(user, "wrong", address=GUESSER)
    assert naps.taken() == [credentials.LATE_ANSWER_SECONDS] * 2


async def test_neighbours_of_one_ipv6_network_count_as_one(checker: CredentialChecker, naps: Naps):
    for number in range(FREE_PER_ADDRESS):
        await guess(checker, 1, f"name {number}", address=f"2001:db8::{number:x}")
    assert not await checker.verify("bob", "wrong", address="2001:db8::ffff")
    assert naps.taken() == [credentials.LATE_ANSWER_SECONDS]
    assert not await checker.verify("bob", "wrong", address="2001:db8:0:1::1")
    assert naps.taken() == []


async def test_credentials_that_were_valid_are_not_throttled(checker: CredentialChecker, clock: Clock):
    assert await checker.verify("ann", "right", address=GUESSER)
    await guess(checker, FREE_PER_PAIR + 1)
    with pytest.raises(Throttled):
        await checker.verify("ann", "wrong", address=GUESSER)
    assert await checker.verify("ann", "right", address=GUESSER)
    # Also when the password has to be checked again, since it is no longer remembered.
    clock.now += 61
    assert await checker.verify("ann", "right", address=GUESSER)


async def test_a_reload_keeps_the_precedence_of_users_who_did_not_change(checker: CredentialChecker):
    assert await checker.verify("ann", "right", address=GUESSER)
    assert await checker.verify("bob", "right", address=GUESSER)
    await guess(checker, FREE_PER_PAIR + 1)
    await guess(checker, FREE_PER_PAIR + 1, "bob")
    assert checker.replace({"ann": b"ann", "bob": b"another"}) == {"bob", "cid"}
    assert await checker.verify("ann", "right", address=GUESSER)
    with pytest.raises(Throttled):
        await checker.verify("bob", "right", address=GUESSER)


async def test_many_users_of_one_address_log_in_together(checker: CredentialChecker, clock: Clock):
    users = {f"user {number}": b"" for number in range(credentials.WAITING_PER_ADDRESS_MAX)}
    checker.replace(users)
    logins = [checker.verify(user, "right", address=GUESSER) for user in users]
    assert all(await asyncio.gather(*logins))


async def test_a_right_password_ends_the_mistakes_of_its_user(checker: CredentialChecker, clock: Clock):
    await guess(checker, FREE_PER_PAIR + 1)
    clock.now += LONGEST_DELAY_SECONDS
    assert await checker.verify("ann", "right", address=GUESSER)
    await guess(checker, FREE_PER_PAIR)


async def test_a_wrong_password_counts_once(checker: CredentialChecker, naps: Naps, hashing: Hashing):
    """Runners that repeat a former password keep out no user of their address."""
    for _ in range(3 * FREE_PER_ADDRESS):
        for user in ("ann", "eve"):
            assert not await checker.verify(user, "former", address=GUESSER)
    assert await checker.verify("ann", "right", address=GUESSER)
    assert not naps.seconds


async def test_failures_are_forgotten(checker: CredentialChecker, clock: Clock):
    await guess(checker, FREE_PER_PAIR + 1)
    clock.now += FORGOTTEN_AFTER_SECONDS + 1
    await guess(checker, FREE_PER_PAIR)


def test_what_is_kept_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(failures, "KEPT_MAX", 3)
    tally = Failures(0, clock)
    for key in ("a" * 100_000, "b", "c", "b", "d"):
        tally.note(key)
    assert len(tally) == 3
    assert tally.count("a" * 100_000) == 0
    assert tally.count("b") == 2


def test_endless_failures_wait_the_longest(clock: Clock):
    tally = Failures(0, clock)
    for _ in range(5000):
        tally.note("a")
    assert tally.wait_seconds("a") == 0
    assert math.isclose(tally.wait_seconds("a"), LONGEST_DELAY_SECONDS)


async def test_an_address_gets_no_more_than_its_share_of_the_queue(checker: CredentialChecker, hashing: Hashing):
    users = {f"user {number}": b"" for number in range(200)}
    checker.replace({**users, "ann": b""})
    burst = [asyncio.create_task(checker.verify(user, f"slow {user}", address=GUESSER)) for user in users]
    await asyncio.sleep(0)
    elsewhere = asyncio.create_task(checker.verify("ann", "right", address=HOME))
    await asyncio.sleep(0)
    hashing.go.set()
    assert await elsewhere
    outcomes = await asyncio.gather(*burst, return_exceptions=True)
    checked = credentials.THREADS + credentials.WAITING_PER_ADDRESS_MAX
    assert outcomes == [False] * checked + [each for each in outcomes if isinstance(each, Overloaded)]


async def test_a_flood_from_everywhere_delays_no_remembered_credentials(checker: CredentialChecker, hashing: Hashing):
    """No thread is free and the queue is full: what is remembered needs neither."""
    assert await checker.verify("ann", "right", address=HOME)
    users = {f"user {number}": b"" for number in range(credentials.WAITING_MAX + credentials.THREADS)}
    flood = [
        asyncio.create_task(checker.verify(user, "slow", address=f"198.51.{number}.1"))
        for number, user in enumerate(users)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await checker.verify("eve", "flood too", address=HOME)
    assert await checker.verify("ann", "right", address=HOME)
    assert not any(each.done() for each in flood)
    hashing.go.set()
    assert not any(await asyncio.gather(*flood))
