"""Wheels that are made again from installed distributions."""

import csv
import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from importlib.metadata import distribution

import pytest

from torc_client.errors import TorcError
from torc_client.remote.own_wheels import make_wheels, with_dependencies
from torc_client.version import __version__


def test_a_wheel_of_this_distribution_is_complete(tmp_path):
    (wheel,) = make_wheels(tmp_path, ["torc-client"])
    assert wheel.name == f"torc_client-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = f"torc_client-{__version__}.dist-info"
        for name in ("torc_client/version.py", "torc_client/openapi.json", "torc/__init__.py", f"{info}/METADATA"):
            assert names.count(name) == 1
        assert "torc = torc_client.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
        assert not [name for name in names if "__pycache__" in name or name.endswith((".pth", "direct_url.json"))]
        rows = [*csv.reader(io.StringIO(archive.read(f"{info}/RECORD").decode()))]
        assert [row[0] for row in rows] == names
        for name, digest, length in rows[:-1]:
            content = archive.read(name)
            expected = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert (digest, length) == (f"sha256={expected}", str(len(content)))


def test_the_same_installation_makes_the_same_wheel(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make_wheels(tmp_path / name, ["click"])
    (first,), (second,) = (list((tmp_path / name).iterdir()) for name in ("a", "b"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_a_wheel_with_compiled_modules_has_the_tags_of_its_platform(tmp_path):
    (wheel,) = make_wheels(tmp_path, ["msgspec"])
    tags = [line[5:] for line in distribution("msgspec").read_text("WHEEL").splitlines() if line.startswith("Tag: ")]
    assert wheel.name.startswith(f"msgspec-{distribution('msgspec').version}-{tags[0].rpartition('-')[0]}-")
    assert all(tag.rpartition("-")[2] in wheel.name for tag in tags)
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith(".so") for name in archive.namelist())


def test_dependencies_are_those_that_are_installed():
    found = with_dependencies(["torc-client"])
    assert {"torc-client", "aiohttp", "yarl", "click", "msgspec", "rich"} <= set(found)
    assert len(found) == len(set(found))
    assert "pandas" not in found


def test_a_distribution_that_is_not_installed(tmp_path):
    with pytest.raises(TorcError, match="does-not-exist is not installed here") as error:
        make_wheels(tmp_path, ["does-not-exist"])
    assert "--wheels" in error.value.hint
