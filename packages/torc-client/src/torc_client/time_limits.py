"""The time limits of connections and requests: the one place for the library, the commands, runners and the dashboard.

A network that drops packets, a stopped server and a slow server look the same to a request that waits. Two means
distinguish them. The kernel breaks a connection whose packets are not acknowledged. A *probe*, which is a ping in a
request of its own, shows whether the server answers: the client waits for a slow answer while probes are answered.
"""

from msgspec import Struct


class TimeLimits(Struct, frozen=True, kw_only=True):
    """The time limits of one client, in seconds."""

    connect_seconds: float = 5.0
    """For opening a connection."""

    dead_connection_seconds: int = 8
    """A connection on which sent data or keepalive packets are not acknowledged for this time is broken."""

    probe_after_seconds: float = 3.0
    """A server that has sent nothing for this time, while a request waits for its answer, is probed."""

    held_probe_after_seconds: float = 5.0
    """The same while the server holds all requests open, as they asked (long polls) or as streams."""

    probe_seconds: float = 4.0
    """A server that does not answer a probe for this time is away: all waiting requests end."""

    away_probe_seconds: float = 2.5
    """The same for the probe that precedes each attempt while the server is away."""

    answer_seconds: float = 120.0
    """For an answer of a server that answers probes, in addition to the time that a long poll asked to wait. An answer
    that has begun may take longer: then the limit holds for each pause between its bytes."""

    resend_after_seconds: float = 10.0
    """A request that changes nothing, or has a key, is sent again on a new connection when it was not answered for this
    time in addition to what it asked to wait. The time doubles with each repetition."""

    stream_silence_seconds: float = 40.0
    """A stream of events without any data is opened again. Servers send a comment at least every 15 seconds."""

    notice_seconds: float = 2.0
    """The user is informed of a wait that takes longer than this."""


LIMITS = TimeLimits()
"""The limits that apply if a program sets none."""

LONGEST_PAUSE_SECONDS = 2.0
"""The longest pause between two attempts to reach a server that is away."""

FIRST_CONTACT_SECONDS = 5.0
"""Commands, and scripts that set no time, retry calls only for this time until the server has answered once."""

SCRIPT_RETRY_TIMEOUT_SECONDS = 30.0
"""Scripts that set no time retry calls for this time after an answer of the server."""

FOLLOWING_SECONDS = 1200.0
"""Commands that follow a workflow or a job, possibly for days, retry calls for this time after an answer of the server.
"""

PING_SECONDS = 3.0
"""`torc ping` reports within this time and the second that it takes to start, whatever the server does."""
