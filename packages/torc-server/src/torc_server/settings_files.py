"""Reading of settings files that other users could have written.

Such a file stops the server if it has settings of the server: without them, the server could accept more callers than
it should. A file that another user put into a folder to which others may write is ignored with a warning, so that it
stops no server.
"""

import stat
from pathlib import Path

from torc_server.edge.standard_streams import streams
from torc_server.edge.trusted_files import Distrust, read_trusted
from torc_server.setting import SettingsError


class SettingsFileError(SettingsError):
    """A settings file that cannot be read."""


def settings_file(path: Path) -> bytes | Distrust | None:
    """Return the content of a file; None if there is no file, or if another user could put it there.

    Another file that is not trusted is returned as `Distrust`. Raises SettingsFileError.
    """
    try:
        content = read_trusted(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsFileError(f"cannot read the configuration file {path}: {error.strerror}") from error
    if isinstance(content, Distrust) and not content.is_own and _is_shared(path.absolute().parent):
        streams.warn(str(content))
        return None
    return content


def _is_shared(folder: Path) -> bool:
    """Whether users other than the owner may put files into a folder."""
    return bool(folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def not_trusted(distrust: Distrust) -> SettingsError:
    """Return the error for a file that has settings of the server, and that other users could have written."""
    return SettingsError(f"the settings in {distrust.path} are not trusted: {distrust.reason}. {distrust.remedy}")
