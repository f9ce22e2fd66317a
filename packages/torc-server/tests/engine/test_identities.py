"""Runners, runs and databases in any order: each job has at most one live attempt, and no result is foreign."""

from hypothesis import HealthCheck, settings

from identity_chained import ChainedIdentities

TestIdentities = ChainedIdentities.TestCase
TestIdentities.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
