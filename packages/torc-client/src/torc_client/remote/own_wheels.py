"""Wheels of installed distributions, made again from their installed files. Neither an index nor a build is needed."""

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from torc_client.errors import TorcError
from torc_client.how_to_install import how_to_install

OWN: Final = ("torc-client", "torc-runner")
"""The distributions that a worker needs."""

_OF_INSTALLERS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)([^;]*)(?:;(.*))?")


def make_wheels(folder: Path, names: Iterable[str] = OWN) -> list[Path]:
    """Make the wheels of installed distributions in a folder. Raises TorcError if one is not installed completely."""
    return [_make_wheel(folder, name) for name in names]


def with_dependencies(names: Iterable[str] = OWN) -> list[str]:
    """Return distributions with everything that they require and that is installed, without extras; each once."""
    found: dict[str, None] = {}
    waiting = [*names]
    while waiting:
        name = _normalized(waiting.pop())
        if name in found:
            continue
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # not needed on this platform
        found[name] = None
        for each in requirements:
            parsed = _REQUIREMENT.match(each)
            if parsed and "extra" not in (parsed[3] or ""):
                waiting.append(parsed[1])
    return [*found]


def _make_wheel(folder: Path, name: str) -> Path:
    try:
        installed = distribution(name)
    except PackageNotFoundError as error:
        raise TorcError(
            f"{name} is not installed here, so there is nothing to copy.",
            f"Name a folder with wheels with --wheels. {how_to_install(name)}",
        ) from error
    info = _info_folder(installed)
    tags = re.findall(r"^Tag: (\S+)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    if not tags:
        raise _incomplete(name)
    wheel = folder / f"{info.removesuffix('.dist-info')}-{_joined(tags)}.whl"
    record: list[tuple[str, str, str]] = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        # A file can be listed twice, for example by two packages of one folder of sources.
        for place, path in dict(_files(installed, info)).items():
            try:
                content = path.read_bytes()
            except OSError as error:
                raise _incomplete(name, f"{path}: {error.strerror}") from error
            record.append((place, f"sha256={_digest(content)}", str(len(content))))
            archive.writestr(zipfile.ZipInfo(place, _EARLIEST), content, zipfile.ZIP_DEFLATED)
        record.append((f"{info}/RECORD", "", ""))
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(record)
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _EARLIEST), text.getvalue(), zipfile.ZIP_DEFLATED)
    return wheel


def _files(installed: Distribution, info: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of a distribution with their names in the wheel; those of an editable one from its sources."""
    listed = installed.files
    if listed is None:
        raise _incomplete(installed.name)
    is_editable = False
    for each in listed:
        place = each.as_posix()
        path = Path(str(installed.locate_file(each)))
        if place.endswith(".pth") and "/" not in place:
            sources = _sources(path)
            if sources:
                is_editable = True
                for source in sources:
                    yield from _below(source)
                continue
        # Scripts are outside, and are made again from the entry points.
        if place.startswith(("../", "/")) or "__pycache__" in each.parts:
            continue
        if each.parts[0] == info and each.name in _OF_INSTALLERS:
            continue
        yield place, path
    if not is_editable and '"editable"' in (installed.read_text("direct_url.json") or ""):
        raise TorcError(
            f"{installed.name} is installed as editable in a way that cannot be copied.",
            "Build wheels (pip wheel), and name their folder with --wheels.",
        )


def _sources(path: Path) -> list[Path]:
    """Return the folders that a .pth file of an editable installation names."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [Path(line) for line in lines if line.startswith("/") and Path(line).is_dir()]


def _below(source: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_file() and "__pycache__" not in relative.parts and ".egg-info" not in relative.parts[0]:
            yield relative.as_posix(), path


def _info_folder(installed: Distribution) -> str:
    for each in installed.files or ():
        if len(each.parts) == 2 and each.parts[0].endswith(".dist-info") and each.name == "METADATA":
            return each.parts[0]
    raise _incomplete(installed.name)


def _joined(tags: list[str]) -> str:
    """Return the tags of a wheel as its file name has them: cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64."""
    columns = zip(*(tag.split("-") for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(column)) for column in columns)


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _incomplete(name: str, reason: str = "its list of files is missing") -> TorcError:
    return TorcError(
        f"{name} cannot be copied from this installation: {reason}.",
        "Name a folder with wheels with --wheels.",
    )
