"""Reading of settings files that other users could have written.

A file that another user put there is ignored with a warning. A file of this user that others may write to stops the
server if it has settings: without them, the server could accept more callers than it should.
"""

from pathlib import Path

from torc_server.setting import SettingsError
from torc_server.standard_streams import streams
from torc_server.trusted_files import Distrust, read_trusted


class SettingsFileError(SettingsError):
    """A settings file that cannot be read."""


def settings_file(path: Path) -> bytes | Distrust | None:
    """Return the content of a file; None if there is no file, or if another user put it there.

    A file of this user that is not trusted is returned as `Distrust`. Raises SettingsFileError.
    """
    try:
        content = read_trusted(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsFileError(f"cannot read the configuration file {path}: {error.strerror}") from error
    if isinstance(content, Distrust) and not content.is_own:
        streams.warn(str(content))
        return None
    return content


def not_trusted(distrust: Distrust) -> SettingsError:
    """Return the error for a file of this user that has settings of the server, and that others may write to."""
    return SettingsError(f"the settings in {distrust.path} are not trusted: {distrust.reason}. {distrust.remedy}")
