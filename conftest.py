"""What the tests of all distributions share: see `support.golden` and `support.skips`."""

import signal

from hypothesis import settings

pytest_plugins = ["support.golden", "support.skips", "pytester"]

# No test asserts a time: on a busy machine an example takes longer than the deadline of Hypothesis.
settings.register_profile("torc", settings.default, deadline=None)
settings.load_profile("torc")


def pytest_configure() -> None:
    """Give signals their default effect: a background job of a shell ignores SIGINT and SIGQUIT, nohup SIGHUP."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
