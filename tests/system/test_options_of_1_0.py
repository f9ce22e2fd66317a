"""Options and settings for scripts of Torc 1.0, with a real server."""

from support.processes import Place, Server

FAILING = """
name: failing
jobs: [{name: good, command: "true"}, {name: bad, command: exit 7}]
"""


def test_failed_jobs_are_an_error_unless_the_user_decides_otherwise(place: Place, server: Server):
    spec = place.file("failing.yaml", FAILING)
    place.run("torc", "run", spec, status=3)
    place.run("torc", "run", spec, "--exit-zero")
    place.file("torc.toml", "[client.run]\nexit_zero = true\n")
    place.run("torc", "run", spec)
    place.run("torc", "exec", "-c", "exit 7", status=1)
    place.run("torc", "run", "no.yaml", status=1)
    place.environment["TORC_CLIENT__RUN__EXIT_ZERO"] = "false"
    place.run("torc", "run", spec, status=3)
