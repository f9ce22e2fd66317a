"""Words that client and server each define, because each distribution stands alone."""

from torc_client.action_triggers import ACTION_TRIGGERS
from torc_server.engine.action_rules import TriggerType


def test_client_and_server_have_the_same_trigger_types():
    assert sorted(ACTION_TRIGGERS) == sorted(TriggerType)
