"""The command that runs before jobs are retried."""

import pytest

from torc_client.recovery.hook import HookError, run_hook


async def test_the_hook_gets_the_workflow_and_prints_on_stderr(tmp_path, capfd):
    script = tmp_path / "hook"
    script.write_text(
        f'#!/bin/sh\necho "$@" $TORC_WORKFLOW_ID $TORC_RUN_ID $TORC_API_URL > {tmp_path}/arguments; echo fixing\n'
    )
    script.chmod(0o755)
    await run_hook(f"{script} 'two words'", 7, run_id=3, url="http://server")
    assert (tmp_path / "arguments").read_text() == "two words 7 7 3 http://server\n"
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "fixing\n")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("false", "ended with exit code 1"),
        ("/no/such/hook", "cannot be started"),
        ("'", "cannot be parsed"),
        ("", "is empty"),
    ],
)
async def test_a_hook_that_fails_is_an_error_with_a_hint(command, reason):
    with pytest.raises(HookError, match=reason) as failed:
        await run_hook(command, 7, run_id=1, url="http://server")
    assert failed.value.hint
