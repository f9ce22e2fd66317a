"""The import of aiohttp in a program of this project, and in a script of a user."""

import json
import os
import ssl
import subprocess
import sys

import pytest

from support import needs

PROGRAM = """
import json, os, sys
from torc_client import startup
startup.is_own_cli = sys.argv[1] == "program"
from torc_client.http_library import aiohttp
from torc_client import tls
default = aiohttp.TCPConnector.__init__.__globals__["_SSL_CONTEXT_VERIFIED"]
print(json.dumps({
    "default": len(default.get_ca_certs()),
    "ours": len(tls.trust({}).get_ca_certs()),
    "variables": [os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")],
}))
"""


def seen_in(kind: str, **variables: str) -> dict[str, object]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SSL_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], env={**environment, **variables}, capture_output=True, check=True
    )
    seen: dict[str, object] = json.loads(done.stdout)
    return seen


@pytest.fixture(scope="module", autouse=True)
def machine_with_certificates():
    if not ssl.create_default_context().get_ca_certs():
        needs.skip_without("certificate authorities")


def test_a_script_gets_it_with_all_certificates():
    seen = seen_in("script")
    assert seen["default"] == seen["ours"] != 0


def test_a_program_reads_them_only_for_servers_that_speak_tls():
    seen = seen_in("program")
    assert seen["default"] == 0
    assert seen["ours"] == seen_in("script")["ours"]
    assert seen["variables"] == [None, None]


def test_where_the_certificates_are_is_not_forgotten(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    seen = seen_in("program", SSL_CERT_FILE=str(empty), SSL_CERT_DIR=str(tmp_path))
    assert seen["variables"] == [str(empty), str(tmp_path)]
    assert seen["ours"] == 0
