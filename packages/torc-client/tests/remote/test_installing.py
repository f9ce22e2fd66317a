"""Installation of Torc on the host of a worker, from wheels that are small replacements of ours."""

import io
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.remote import installer
from torc_client.remote.address import parse_worker
from torc_client.remote.installing import PROGRAM, Installed, as_tar, install, wheels_in
from torc_client.version import __version__

HOST = parse_worker("ben@there")


def write_wheel(folder: Path, name: str, text: str = "", requires: str = "") -> Path:
    """Write a wheel whose program `torc`, if it is torc-client, prints the version."""
    module = name.replace("-", "_")
    info = f"{module}-{__version__}.dist-info"
    path = folder / f"{module}-{__version__}-py3-none-any.whl"
    content = {
        f"{module}.py": f"{text}\ndef main(): print('torc {__version__}')\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {__version__}\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\ntorc = {module}:main\n" if name == "torc-client" else "",
    }
    record = "".join(f"{each},,\n" for each in (*content, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for each, body in {**content, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(each), body)
    return path


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("torc-client", "torc-runner"):
        write_wheel(folder, name)
    return folder


async def installed(folder, **options) -> Installed:
    options = {"python": sys.executable, "may_use_index": False} | options
    return await install(HOST, as_tar(wheels_in(folder)), **options)


async def test_torc_is_installed_once(local_host, wheels):
    local_host.login("echo Welcome")
    first = await installed(wheels)
    program = Path(first.program)
    assert (first.version, first.was_there) == (__version__, False)
    assert program == local_host.home / PROGRAM.removeprefix("~/")
    assert (program.parent / "python").exists()
    again = await installed(wheels)
    assert (again.program, again.was_there) == (first.program, True)


class FakePip:
    """The commands of an installation. `outcomes` are the exit code and the output of those with a word."""

    def __init__(self) -> None:
        self.outcomes = {}
        self.calls = []

    def __call__(self, command):
        self.calls.append(command)
        code, out = next((outcome for word, outcome in self.outcomes.items() if word in command), (0, __version__))
        if "venv" in command and code == 0:
            program = Path(command[-1]) / "bin/torc"
            program.parent.mkdir(parents=True)
            program.write_text("")
            program.chmod(0o755)
        return subprocess.CompletedProcess(command, code, out)


@pytest.fixture
def pip(monkeypatch):
    made = FakePip()
    monkeypatch.setattr(installer, "run", made)
    return made


def put(folder, wheels, *, may_use_index=False):
    return installer.install(
        folder, __version__, io.BytesIO(as_tar(wheels_in(wheels))), [], may_use_index=may_use_index
    )


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_other_versions_and_running_programs_are_not_touched(tmp_path, wheels, pip):
    folder = tmp_path / "torc"
    (folder / "0.9/bin").mkdir(parents=True)
    left = folder / f".environments/{__version__}-0123-4567/bin"
    left.mkdir(parents=True)  # of an interrupted installation
    first = put(folder, wheels)
    assert not first["was_there"]
    assert put(folder, wheels) == {**first, "was_there": True}
    running = (folder / __version__).resolve()
    write_wheel(wheels, "torc-client", text="changed = True")
    changed = put(folder, wheels)
    assert (changed["program"], changed["was_there"]) == (first["program"], False)
    assert (folder / __version__).resolve() != running
    assert (running / "bin/torc").exists()
    assert (folder / "0.9/bin").is_dir()
    assert not left.exists()


@pytest.mark.parametrize(
    "case",
    [
        ("venv", "ensurepip is not available", "because its modules venv and ensurepip are incomplete.*apt-get"),
        ("venv", "Error: No space left", "venv failed: Error: No space left.*disk space"),
        ("install", "ERROR: No matching distribution found for aiohttp", "the wheels do not suffice.*pip download"),
        ("--version", "Segmentation fault", "the new torc does not run: Segmentation fault.*--python"),
    ],
)
def test_an_installation_that_fails_changes_nothing(tmp_path, monkeypatch, wheels, case):
    folder, pip = tmp_path / "torc", FakePip()
    monkeypatch.setattr(installer, "run", pip)
    put(folder, wheels)
    before = tree(folder)
    write_wheel(wheels, "torc-client", text="changed = True")
    command, out, refusal = case
    pip.outcomes[command] = (1, out)
    with pytest.raises(installer.InstallationError) as error:
        put(folder, wheels)
    assert re.search(refusal, f"{error.value.reason}. {error.value.remedy}")
    assert tree(folder) == before


def test_an_index_is_used_only_if_the_wheels_do_not_suffice(tmp_path, wheels, pip):
    put(tmp_path / "a", wheels, may_use_index=True)
    assert [call for call in pip.calls if "install" in call and "--no-index" not in call] == []
    pip.outcomes["--no-index"] = (1, "")
    put(tmp_path / "b", wheels, may_use_index=True)
    pip.outcomes["install"] = (1, "WARNING: Retrying after connection broken\nERROR: No matching distribution")
    with pytest.raises(installer.InstallationError, match="pip reaches no index with the dependencies") as error:
        put(tmp_path / "c", wheels, may_use_index=True)
    assert "--wheels" in error.value.remedy


def test_a_transfer_that_is_cut_off_or_has_other_files_is_refused(tmp_path, wheels, pip):
    content = as_tar(wheels_in(wheels))
    with pytest.raises(tarfile.TarError):
        installer.install(tmp_path, __version__, io.BytesIO(content[:900]), [], may_use_index=False)
    for name in ("../evil.whl", "/evil.whl", "evil.sh", ".whl"):
        other = io.BytesIO()
        with tarfile.open(fileobj=other, mode="w") as archive:
            archive.addfile(tarfile.TarInfo(name))
        other.seek(0)
        with pytest.raises(installer.InstallationError, match="is not a wheel"):
            installer.install(tmp_path, __version__, other, [], may_use_index=False)
    assert tree(tmp_path / ".environments") == ["lock"]
    assert pip.calls == []


async def test_pythons_that_are_missing_or_too_old(local_host, wheels):
    with pytest.raises(TorcError, match=r"ben@there: python9 is not a Python 3.11 or newer\.") as error:
        await installed(wheels, python="python9")
    assert "--python" in error.value.hint
    old = 'case $2 in *sys.exit*) exit 1 ;; *) echo "3.9.2" ;; esac'
    for name in ("python3.11", "python3.12", "python3.13", "python3", f"python3.{sys.version_info[1]}"):
        local_host.program(name, old)
    with pytest.raises(TorcError, match=r"there is no Python 3.11 or newer, only .*python3 3.9.2"):
        await installed(wheels, python=None)
    assert not (local_host.home / ".local").exists()


def test_folders_without_our_wheels_are_refused(tmp_path, wheels):
    with pytest.raises(TorcError, match=f"has no wheel of torc-client {__version__}"):
        wheels_in(tmp_path)
    with pytest.raises(TorcError, match="cannot be read"):
        wheels_in(tmp_path / "missing")
    next(wheels.glob("torc_runner*")).unlink()
    with pytest.raises(TorcError, match="has no wheel of torc-runner") as error:
        wheels_in(wheels)
    assert "pip download -d" in error.value.hint
