"""What the tests of all distributions share: see `support.skips`."""

import signal

from hypothesis import settings

pytest_plugins = ["support.skips", "pytester"]

# No test asserts a time: on a busy machine an example takes longer than the deadline of Hypothesis.
settings.register_profile("torc", settings.default, deadline=None)
settings.load_profile("torc")


def pytest_configure() -> None:
    """Give SIGINT and SIGQUIT their default effect: a shell starts background jobs (`.ci/run &`) with both ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
