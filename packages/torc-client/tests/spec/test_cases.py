"""Which rule finds a problem in each of many specs, and where."""

import pytest

from spec_cases import CASES
from spec_problems_found import problems_of


def test_names_of_cases_are_unique():
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:40])
def test_each_spec_has_its_problems(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    assert [each.where for each in problems_of(case)] == list(case.found)
