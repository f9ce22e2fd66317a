import pytest

from torc_client.spec.plan import make_plan
from torc_client.spec.settings import settings_of

BY_DEFAULT = {"enabled": True, "granularity": "summary", "sample_interval_seconds": 10}


def planned(**workflow):
    plan = make_plan("s.yaml", {"name": "w", "jobs": [{"name": "a", "command": "true"}], **workflow})
    config = settings_of(plan.workflow, [])["resource_monitor_config"]
    return {name: value for name in config.__struct_fields__ if (value := getattr(config, name)) is not None}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({}, {}),
        ({"granularity": "time_series"}, {"granularity": "time_series"}),
        ({"enabled": False}, {"enabled": False}),
        ({"sample_interval_seconds": 1, "unheard_of": 1}, {"sample_interval_seconds": 1}),
    ],
    ids=str,
)
def test_jobs_are_measured_unless_a_spec_disables_it(written, meant):
    assert planned(resource_monitor=written) == {**BY_DEFAULT, **meant}


def test_the_default_is_peaks_and_means():
    assert planned() == BY_DEFAULT


def test_parts_in_the_spec_are_enabled():
    config = planned(resource_monitor={"jobs": {"granularity": "time_series"}, "compute_node": {"cpu": False}})
    assert (config["jobs"].enabled, config["jobs"].granularity) == (True, "time_series")
    assert (config["compute_node"].enabled, config["compute_node"].cpu) == (True, False)
    assert planned(resource_monitor={"compute_node": {"enabled": False}})["compute_node"].enabled is False
