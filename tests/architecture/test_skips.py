"""Tests skip through `support.needs`, which knows the remedy of each skip."""

import re
from pathlib import Path

import pytest

import skipped_tests
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


def test_the_last_line_counts_the_tests_of_all_runs(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    record = pytester.path / "skips"
    monkeypatch.setattr(skips, "IS_CI", False)
    monkeypatch.setenv("TORC_TEST_SKIPS", str(record))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest('pytest_plugins = ["support.skips"]')
    pytester.makepyfile(
        test_skipped_module="from support import needs\nneeds.library('no_such_module')\n",
        test_broken_module="import no_such_module\n",
        test_outcomes="""
            from support import needs
            def test_passes(): pass
            def test_fails(): assert False
            def test_is_skipped(): needs.skip_without("root")
        """,
    )
    pytester.runpytest_inprocess("test_outcomes.py")
    pytester.runpytest_inprocess("--continue-on-collection-errors")
    capsys.readouterr()
    monkeypatch.setattr("sys.argv", ["skipped_tests.py", str(record)])
    skipped_tests.main()
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Skipped tests, and what to do to run them:",
        "     2  needs root: run the tests as root",
        "     1  needs the Python module no_such_module: make install",
        "2 tests passed, 3 failed, 3 skipped.",
    ]
