"""Detection of dead runners from this host."""

import json
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


def test_before_the_last_boot_everybody_died(here):
    assert is_dead(changed(here, boot="another"), here)


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
