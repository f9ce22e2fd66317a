import msgspec
import pytest

from torc_client.spec.plan import make_plan
from torc_client.spec.settings import settings_of

MEASURED = {"enabled": True, "granularity": "summary"}
BY_DEFAULT = {
    **MEASURED,
    "sample_interval_seconds": 10,
    "flush_interval_seconds": 300,
    "generate_plots": False,
    "jobs": MEASURED,
    "compute_node": {"enabled": False, "granularity": "summary", "cpu": True, "memory": True},
}


def planned(**workflow):
    plan = make_plan("s.yaml", {"name": "w", "jobs": [{"name": "a", "command": "true"}], **workflow})
    return msgspec.to_builtins(settings_of(plan.workflow, [])["resource_monitor_config"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({}, {}),
        (
            {"granularity": "time_series"},
            {"granularity": "time_series", "jobs": {"enabled": True, "granularity": "time_series"}},
        ),
        ({"enabled": False}, {"enabled": False, "jobs": {"enabled": False, "granularity": "summary"}}),
        ({"sample_interval_seconds": 1, "unheard_of": 1}, {"sample_interval_seconds": 1}),
        (
            {"flush_interval_seconds": 30, "generate_plots": True},
            {"flush_interval_seconds": 30, "generate_plots": True},
        ),
    ],
    ids=str,
)
def test_jobs_are_measured_unless_a_spec_disables_it(written, meant):
    assert planned(resource_monitor=written) == {**BY_DEFAULT, **meant}


def test_the_default_is_peaks_and_means():
    assert planned() == BY_DEFAULT


def test_parts_in_the_spec_are_enabled():
    config = planned(resource_monitor={"jobs": {"granularity": "time_series"}, "compute_node": {"cpu": False}})
    assert config["jobs"] == {"enabled": True, "granularity": "time_series"}
    assert config["compute_node"] == {**MEASURED, "cpu": False, "memory": True}
    assert planned(resource_monitor={"compute_node": {"enabled": False}})["compute_node"]["enabled"] is False
