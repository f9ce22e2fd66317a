"""Detection of dead runners from this host."""

import json
import os
import subprocess
import sys

import pytest

from support import needs
from torc_client.host_identity import is_dead, this_host


@pytest.fixture
def here():
    identity = this_host().identity
    if not identity:
        needs.skip_without("a host identity")
    return identity


@pytest.fixture
def ended(here):
    """Return the identity of a process that has ended."""
    program = "from torc_client.host_identity import this_host; print(this_host().identity)"
    return subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def changed(identity, **members):
    return json.dumps({**json.loads(identity), **members})


def test_one_lives_oneself(here):
    assert not is_dead(here, here)


def test_a_process_that_ended_is_dead(here, ended):
    assert is_dead(ended, here)


INITIAL = "pid:[4026531836]"
HARDWARE = {"hardware": "52:54:00:aa:bb:01", "pid_namespace": INITIAL}


def test_before_the_last_boot_every_process_of_the_same_machine_died(here):
    here = changed(here, **HARDWARE)
    assert is_dead(changed(here, boot="another"), here)


@pytest.mark.parametrize(
    "doubt",
    [
        {"hardware": "52:54:00:aa:bb:02"},
        {"hardware": ""},
        {"hardware": None},
        {"pid_namespace": "pid:[4026532000]"},
    ],
)
def test_a_process_of_another_machine_from_the_same_image_is_not_dead(here, doubt):
    """The machines have the same host name and machine id, and each has a boot id of its own."""
    here = changed(here, **HARDWARE)
    assert not is_dead(changed(here, boot="another", **doubt), here)


def test_in_containers_another_boot_proves_nothing(here):
    here = changed(here, hardware="", pid_namespace="pid:[4026532000]")
    assert not is_dead(changed(here, boot="another"), here)


def test_a_process_of_a_copy_of_this_virtual_machine_is_not_dead(here, ended):
    """A copy of a running machine has the same boot id."""
    assert not is_dead(changed(ended, hardware="52:54:00:aa:bb:02"), changed(here, hardware="52:54:00:aa:bb:01"))


def test_a_process_with_another_clock_is_not_dead(here):
    assert not is_dead(changed(here, start_ticks=1, time_namespace="time:[1]"), here)


def test_an_identity_of_an_earlier_version_is_judged_by_its_process(here, ended):
    earlier = {name: value for name, value in json.loads(ended).items() if name not in {"hardware", "time_namespace"}}
    assert is_dead(json.dumps(earlier), here)
    assert not is_dead(json.dumps({**earlier, "boot": "another"}), here)


def test_a_reused_process_id_is_another_process(here):
    assert is_dead(changed(here, start_ticks=1), here)


def test_a_process_of_another_machine_is_not_dead(here, ended):
    assert not is_dead(changed(ended, machine="another", boot="another"), here)


def test_a_process_of_another_container_is_not_dead(here, ended):
    assert not is_dead(changed(ended, pid_namespace="pid:[1]"), here)


@pytest.mark.parametrize("identity", [None, "", "what?", "[]", "{}", '{"machine": 1}'])
def test_an_invalid_identity_is_not_dead(here, identity):
    assert not is_dead(identity, here)
    assert not is_dead(here, identity)


@needs.root()
def test_a_process_that_proc_hides_is_not_dead(here):
    """With hidepid, /proc shows no process of another user."""
    program = f"""
import ctypes, os
from torc_client.host_identity import is_dead, this_host
libc = ctypes.CDLL(None, use_errno=True)
NEW_MOUNTS, PRIVATE = 0x20000, 0x44000
assert libc.unshare(NEW_MOUNTS) == 0, os.strerror(ctypes.get_errno())
assert libc.mount(None, b"/", None, PRIVATE, None) == 0, os.strerror(ctypes.get_errno())
assert libc.mount(b"proc", b"/proc", b"proc", 0, b"hidepid=2") == 0, os.strerror(ctypes.get_errno())
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
assert not os.path.exists("/proc/{os.getpid()}")
print(is_dead({here!r}, this_host().identity))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    if "Operation not permitted" in ended.stderr:
        needs.skip_without("mount namespaces")
    assert (ended.stdout, ended.stderr) == ("False\n", "")
