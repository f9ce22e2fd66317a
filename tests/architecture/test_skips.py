"""Tests skip through `support.needs`, which knows the remedy of each skip."""

import re
from pathlib import Path

import pytest

from support import needs, skips

DIRECT_SKIP = re.compile(r"pytest\.(skip\(|importorskip|mark\.skip)")


def test_tests_skip_through_one_module(root: Path):
    tests = [path for folder in (root / "tests", *(root / "packages").glob("*/tests")) for path in folder.rglob("*.py")]
    own = {Path(needs.__file__), Path(__file__)}
    assert [path for path in tests if path not in own and DIRECT_SKIP.search(path.read_text())] == []


def test_every_program_has_a_debian_package():
    with pytest.raises(LookupError, match=r"add frobnicate to .*debian-packages\.txt"):
        needs.path_of("frobnicate")
    assert needs.path_of("mount")


@pytest.mark.parametrize(
    ("is_ci", "call", "outcome"),
    [
        (False, "needs.library('no_such_module')", "skipped=1"),
        (True, "needs.library('no_such_module')", "failed=1"),
        (True, "needs.skip_without('root')", "failed=1"),
        (True, "needs.skip_without('IPv6')", "skipped=1"),
    ],
)
def test_a_skip_fails_where_ci_is_true(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, is_ci: bool, call: str, outcome: str
):
    monkeypatch.setattr(skips, "IS_CI", is_ci)
    monkeypatch.delenv("TORC_TEST_SKIPS", raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest('pytest_plugins = ["support.skips"]')
    pytester.makepyfile(f"from support import needs\ndef test_it():\n    {call}\n")
    name, _, count = outcome.partition("=")
    pytester.runpytest_inprocess().assert_outcomes(**{name: int(count)})
