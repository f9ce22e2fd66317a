"""The rules of failure handlers."""

import pytest

from torc_runner.machine.failure_rules import parse_rules, rule_for

RULES = """[
    {"match_all_exit_codes": true, "max_retries": 2},
    {"exit_codes": [3, 4], "recovery_script": "clean"},
    {"exit_codes": [4], "max_retries": 9}
]"""


@pytest.mark.parametrize(("return_code", "number"), [(3, 1), (4, 1), (5, 0), (-9, 0)])
def test_a_rule_with_the_code_precedes_a_rule_for_all_codes(return_code, number):
    rules = parse_rules(RULES)
    assert rule_for(rules, return_code) is rules[number]


def test_a_rule_allows_three_attempts_by_default():
    assert parse_rules(RULES)[1].max_retries == 3


def test_a_code_without_a_rule():
    assert rule_for(parse_rules('[{"exit_codes": [3]}]'), 4) is None


@pytest.mark.parametrize("text", ["", "{}", "[3]", '[{"exit_codes": ["x"]}]', '[{"max_retries": -1}]'])
def test_an_invalid_list_of_rules_is_an_error(text):
    with pytest.raises(ValueError, match=r"."):
        parse_rules(text)
