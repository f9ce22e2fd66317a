"""The wheel and the source archive of torc-client contain the documentation, the examples and the skill."""

import subprocess
import sys
import zipfile
from pathlib import Path

from support.pages import ROOT

SHIPPED = "torc_client/documents"
LEFT_OUT = ("docs/contributing/", "docs/assets/")


def files(folder: str) -> set[str]:
    """Return the files of a folder of the repository that users read."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {
        name
        for name in found
        if not name.startswith(LEFT_OUT) and not name.endswith((".svg", ".pyc")) and "/evals/" not in name
    }


def test_the_wheel_has_them_and_is_built_from_the_source_archive(tmp_path: Path):
    build = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT / "packages/torc-client"),
    ]
    subprocess.run(build, check=True, capture_output=True, timeout=110)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {
            name.removeprefix(f"{SHIPPED}/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith(f"{SHIPPED}/") and not name.removeprefix(f"{SHIPPED}/").endswith(".py")
        }
        scripts = {name for name in archive.namelist() if name.startswith(f"{SHIPPED}/examples/")}
    expected = files("docs") | files("examples") | files("skills")
    assert {name for name in expected if not name.endswith(".py")} == set(shipped)
    assert {f"{SHIPPED}/{name}" for name in expected if name.startswith("examples/")} == scripts
    assert all(content == (ROOT / name).read_bytes() for name, content in shipped.items())
