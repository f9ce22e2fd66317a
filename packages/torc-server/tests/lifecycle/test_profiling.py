"""A profile of a server with all threads, written at the end and on request."""

import pstats
import signal
from pathlib import Path

from support import needs

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


def functions(path: Path) -> set[str]:
    return {name for _, _, name in pstats.Stats(str(path)).stats}


def test_a_profile_has_the_functions_of_the_loop_and_of_the_writer(starter):
    needs.library("yappi")
    server = starter.start(*LOCAL, "--profile", "run.prof")
    assert server.ask("/workflows", method="POST", body='{"name": "w", "user": "u"}')[0] == 200
    code, _, err = server.end()
    assert (code, "profile written" in err) == (0, True)
    assert {"receive", "_run_in_savepoint"} <= functions(starter.folder / "run.prof")


def test_a_profile_is_written_while_the_server_runs(starter):
    needs.library("yappi")
    server = starter.start(*LOCAL, "--profile", "run.prof", "--log-dir", "logs")
    assert server.ask("/ping")[0] == 200
    server.process.send_signal(signal.SIGUSR1)
    log = starter.folder / "logs" / "torc-server.log"
    while "profile written" not in log.read_text():
        assert server.ask("/ping")[0] == 200
    assert "receive" in functions(starter.folder / "run.prof")
    assert server.end()[0] == 0


def test_an_unusable_profile_file_is_refused_before_the_start(starter):
    needs.library("yappi")
    (starter.folder / "file").write_text("")
    said = starter.refused(*LOCAL, "--database", "torc.db", "--profile", "file/run.prof")
    assert said.startswith("cannot write the profile to file/run.prof")
    assert not (starter.folder / "torc.db").exists()


def test_without_yappi_the_message_names_what_to_install(starter):
    # A module of the same name that cannot be imported hides yappi.
    (starter.folder / "yappi.py").write_text("raise ImportError")
    said = starter.refused(*LOCAL, "--profile", "run.prof", env=starter.environment(PYTHONPATH=str(starter.folder)))
    assert said == "--profile needs yappi: pip install 'torc-server[profile]'"
