import asyncio
import threading

import pytest

from torc_server.auth import credentials, htpasswd
from torc_server.auth.credentials import CredentialChecker, Overloaded

ANN = b"hash of ann"
BOB = b"hash of bob"


class Matching:
    """Stands for bcrypt: counts what it is asked and can be held back."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, password: str, password_hash: bytes) -> bool:
        self.go.wait()
        self.asked.append((password, password_hash))
        return password == "right"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def matching():
    return Matching()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(matching: Matching, clock: Clock):
    made: list[CredentialChecker] = []

    def make(ttl: float = 60) -> CredentialChecker:
        made.append(CredentialChecker({"ann": ANN, "bob": BOB}, cache_ttl_seconds=ttl, clock=clock, matches=matching))
        return made[-1]

    yield make
    matching.go.set()
    for each in made:
        each.close()


async def test_real_hashes_verify():
    checker = CredentialChecker({"ann": htpasswd.hash_password("p:w", 4).encode()}, cache_ttl_seconds=60)
    assert await checker.verify("ann", "p:w")
    assert not await checker.verify("ann", "p:x")
    assert not await checker.verify("eve", "p:w")
    checker.close()


async def test_a_good_credential_is_remembered_until_its_time_is_over(make, matching: Matching, clock: Clock):
    checker = make(60)
    assert await checker.verify("ann", "right")
    clock.now += 59
    assert await checker.verify("ann", "right")
    assert len(matching.asked) == 1
    clock.now += 1
    assert await checker.verify("ann", "right")
    assert len(matching.asked) == 2


async def test_with_ttl_zero_each_request_is_checked(make, matching: Matching):
    checker = make(0)
    assert await checker.verify("ann", "right")
    assert await checker.verify("ann", "right")
    assert len(matching.asked) == 2


async def test_failures_are_never_remembered(make, matching: Matching):
    checker = make()
    assert not await checker.verify("ann", "wrong")
    assert not await checker.verify("ann", "wrong")
    assert len(matching.asked) == 2


async def test_a_remembered_credential_lets_no_other_pair_in(make):
    checker = make()
    assert await checker.verify("ann", "right")
    assert not await checker.verify("annr", "ight")
    assert not await checker.verify("eve", "right")


async def test_an_unknown_user_costs_one_check_and_always_against_the_same_hash(make, matching: Matching):
    checker = make()
    for _ in range(3):
        assert not await checker.verify("eve", "right")
    assert len(matching.asked) == 3
    assert len({password_hash for _, password_hash in matching.asked}) == 1


async def test_the_same_credential_is_checked_once_for_all_who_send_it_together(make, matching: Matching):
    checker = make(0)
    matching.go.clear()
    together = [asyncio.create_task(checker.verify("ann", "right")) for _ in range(50)]
    await asyncio.sleep(0)
    matching.go.set()
    assert all(await asyncio.gather(*together))
    assert len(matching.asked) == 1


async def test_one_caller_that_leaves_does_not_end_the_check_for_another(make, matching: Matching):
    checker = make()
    matching.go.clear()
    leaving = asyncio.create_task(checker.verify("ann", "right"))
    staying = asyncio.create_task(checker.verify("ann", "right"))
    await asyncio.sleep(0)
    leaving.cancel()
    matching.go.set()
    assert await staying


async def test_too_many_waiting_checks_are_turned_away_and_it_recovers(make, matching: Matching):
    checker = make()
    matching.go.clear()
    waiting = [asyncio.create_task(checker.verify("ann", f"guess {n}")) for n in range(credentials.WAITING_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await checker.verify("ann", "right")
    matching.go.set()
    assert not any(await asyncio.gather(*waiting))
    assert await checker.verify("ann", "right")


async def test_what_is_remembered_stays_bounded(make, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(credentials, "REMEMBERED_MAX", 1)
    checker = make(10)
    assert await checker.verify("ann", "right")
    clock.now += 11
    assert await checker.verify("bob", "right")
    assert len(checker._remembered_until) == 1
