"""Random graphs and random calls: the engine and the reference model agree after each step."""

from hypothesis import HealthCheck, settings

from model_machine import Machine

TestModel = Machine.TestCase
TestModel.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
