"""HTTPS: valid, renewed and unusable certificates."""

import http.client
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from support import needs
from torc_server.auth.htpasswd import PasswordFile, hash_password

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


class Files:
    """A certificate authority with certificates for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.ca = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.ca))
        self.issue()

    def issue(self, **how: Any) -> None:
        made = self.authority.issue_cert("127.0.0.1", **how)
        self.cert.write_bytes(b"".join(each.bytes() for each in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(self.key))

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))


@pytest.fixture
def files(starter: Any) -> Files:
    return Files(starter.folder)


def ping(server: Any, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context)
    connection.request("GET", "/torc-service/v1/ping")
    status = connection.getresponse().status
    connection.close()
    return status


def serial(server: Any) -> str:
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        context = ssl._create_unverified_context()  # noqa: S323 - to look at what is shown
        with context.wrap_socket(plain) as secure:
            shown = secure.getpeercert(binary_form=True)
    return str(shown)


def wait_for(server: Any, word: str) -> str:
    for line in server.process.stderr:
        if word in line:
            return str(line)
    pytest.fail(f"the server ended without {word}")


def test_tcp_is_encrypted_and_the_socket_is_not(starter: Any, files: Files):
    path = starter.folder / "s"
    server = starter.start(*LOCAL, "--socket", path, "--tls-cert", files.cert, "--tls-key", files.key, "--https")
    assert ping(server, files.context()) == 200
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        server.ask("/ping")
    assert server.ask("/ping", unix=path)[0] == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        ping(server, ssl.create_default_context())
    status, _, err = server.end()
    assert status == 0
    assert "tls=true" in err
    assert "Traceback" not in err


def test_versions_before_1_2_are_refused(starter: Any, files: Files):
    server = starter.start(*LOCAL, "--tls-cert", files.cert, "--tls-key", files.key)
    context = files.context()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        ping(server, context)


def test_one_file_can_have_certificate_and_key(starter: Any, files: Files):
    with files.cert.open("ab") as both:
        both.write(files.key.read_bytes())
    files.key.unlink()
    assert ping(starter.start(*LOCAL, "--tls-cert", files.cert), files.context()) == 200


def test_a_renewed_certificate_is_used_after_sighup_and_an_invalid_one_is_not(starter: Any, files: Files):
    server = starter.start(*LOCAL, "--tls-cert", files.cert, "--tls-key", files.key)
    before = serial(server)
    files.issue()
    server.process.send_signal(signal.SIGHUP)
    wait_for(server, 'message="read again" what=certificate')
    after = serial(server)
    assert after != before
    files.cert.write_text("nonsense")
    server.process.send_signal(signal.SIGHUP)
    assert "the certificate stays as it was" in wait_for(server, "level=error")
    assert serial(server) == after
    assert ping(server, files.context()) == 200


def missing(files: Files) -> None:
    files.cert.unlink()


def missing_key(files: Files) -> None:
    files.key.unlink()


def no_pem(files: Files) -> None:
    files.cert.write_text("nonsense")


def another_key(files: Files) -> None:
    kept = files.cert.read_bytes()
    files.issue()
    files.cert.write_bytes(kept)


def expired(files: Files) -> None:
    files.issue(not_after=datetime.now(UTC) - timedelta(days=1))


def not_yet(files: Files) -> None:
    files.issue(not_before=datetime.now(UTC) + timedelta(days=1))


def with_password(files: Files) -> None:
    plain = files.key.rename(files.folder / "plain.pem")
    command = [needs.program("openssl"), "pkey", "-aes256", "-passout", "pass:secret", "-in", plain, "-out", files.key]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (missing, "cannot read the TLS certificate"),
        (missing_key, "cannot read the TLS key"),
        (no_pem, "not a certificate and a key in PEM"),
        (another_key, "does not belong to the certificate"),
        (expired, "certificate has expired; renew it"),
        (not_yet, "certificate is not yet valid"),
        (with_password, "is protected by a password"),
    ],
)
def test_unusable_files_are_refused_before_the_database_is_created(
    starter: Any, files: Files, breaks: Callable[[Files], None], said: str
):
    breaks(files)
    before = starter.contents()
    assert said in starter.refused(*LOCAL, "--tls-cert", files.cert, "--tls-key", files.key)
    assert starter.contents() == before


def test_the_old_flag_without_files_names_the_missing_options(starter: Any):
    assert starter.refused(*LOCAL, "--https") == (
        "https needs a certificate; add --tls-cert FILE, and --tls-key FILE if the key is in another file"
    )


def test_encrypted_passwords_cause_no_warning(starter: Any, files: Files):
    PasswordFile(starter.folder / "htpasswd", (f"ann:{hash_password('pw', 4)}",)).write()
    arguments = ("run", "--port", 0, "--tls-cert", files.cert, "--tls-key", files.key)
    assert "level=warn" not in starter.start(*arguments, "--auth-file", "htpasswd", "--require-auth").end()[2]
