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


async def test_a_good_credential_is_remembered_its_time_is_over(make, matching: Matching, clock: Clock):
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


async def test_wrong_credentials_are_remembered_until_a_reload(make, matching: Matching):
    checker = make(0)
    assert not await checker.verify("ann", "wrong")
    assert not await checker.verify("ann", "wrong")
    assert len(matching.asked) == 1
    checker.replace({"ann": BOB})
    assert not await checker.verify("ann", "wrong")
    assert len(matching.asked) == 2


async def test_a_remembered_credential_lets_no_other_pair_in(make):
    checker = make()
    assert await checker.verify("ann", "right")
    assert not await checker.verify("annr", "ight")
    assert not await checker.verify("eve", "right")


async def test_an_unknown_user_costs_one_check_and_always_against_the_same_hash(make, matching: Matching):
    checker = make()
    for number in range(3):
        assert not await checker.verify("eve", f"guess {number}")
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
    waiting = [
        asyncio.create_task(checker.verify(f"name {n}", "guess", address=f"10.0.0.{n}"))
        for n in range(credentials.WAITING_MAX + credentials.THREADS)
    ]
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
    assert len(checker._users.remembered) == 1


async def test_new_users_take_the_place_of_the_old_at_once(make, matching: Matching):
    checker = make()
    assert await checker.verify("ann", "right")
    checker.replace({"bob": BOB})
    assert not await checker.verify("ann", "right")
    assert await checker.verify("bob", "right")
    assert matching.asked[-1] == ("right", BOB)


async def test_a_new_hash_makes_what_was_remembered_worthless(make, matching: Matching):
    checker = make()
    assert await checker.verify("ann", "right")
    checker.replace({"ann": b"another hash"})
    assert await checker.verify("ann", "right")
    assert [password_hash for _, password_hash in matching.asked] == [ANN, b"another hash"]


async def test_a_check_that_was_under_way_counts_for_nothing_after_a_reload(make, matching: Matching):
    checker = make()
    matching.go.clear()
    under_way = asyncio.create_task(checker.verify("ann", "right"))
    await asyncio.sleep(0)
    checker.replace({"bob": BOB})
    after = asyncio.create_task(checker.verify("ann", "right"))
    await asyncio.sleep(0)
    matching.go.set()
    assert not await under_way
    assert not await after


def test_there_is_no_checker_without_users(make):
    with pytest.raises(ValueError, match="at least one user"):
        make().replace({})


PASSWORDS = ["", "p:w:", "pässwörd", "x" * 72, "ä" * 36, "a b", "\ttab", "\N{SNOWMAN}"]


@pytest.mark.parametrize("password", PASSWORDS)
async def test_passwords_of_all_kinds(password: str):
    checker = CredentialChecker({"ann": htpasswd.hash_password(password, 4).encode()}, cache_ttl_seconds=60)
    assert await checker.verify("ann", password)
    assert not await checker.verify("ann", f"{password}x")
    checker.close()


@pytest.mark.parametrize("password", ["x" * 73, "x" * 10_000, "ä" * 37, "x" * 72 + "\x00", "\x00", "\udc80"])
async def test_passwords_that_nobody_can_have_are_wrong(password: str):
    hashes = {"ann": htpasswd.hash_password("x" * 72, 4).encode(), "bob": htpasswd.hash_password("", 4).encode()}
    checker = CredentialChecker(hashes, cache_ttl_seconds=60)
    for user in ("ann", "bob", "eve"):
        assert not await checker.verify(user, password)
    checker.close()
