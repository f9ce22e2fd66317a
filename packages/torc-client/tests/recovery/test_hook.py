"""The command that is run before jobs get another chance."""

import pytest

from torc_client.recovery.hook import HookFailed, run_hook


async def test_it_gets_the_workflow(tmp_path, capfd):
    script = tmp_path / "hook"
    script.write_text(f'#!/bin/sh\necho "$@" $TORC_WORKFLOW_ID > {tmp_path}/said; echo fixing\n')
    script.chmod(0o755)
    await run_hook(f"{script} 'two words'", 7)
    assert (tmp_path / "said").read_text() == "two words 7 7\n"
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "fixing\n")


@pytest.mark.parametrize(
    ("command", "reason"),
    [("false", "ended with 1"), ("/no/such/hook", "cannot be started"), ("'", "cannot be read"), ("", "is empty")],
)
async def test_what_does_not_work_is_told(command, reason):
    with pytest.raises(HookFailed, match=reason) as failed:
        await run_hook(command, 7)
    assert failed.value.hint
