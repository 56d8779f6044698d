"""`connector init`: the example settings, written into the home for its owner to edit."""

import contextlib
from importlib.resources import files
from pathlib import Path

from connector.bot.home import CONNECTOR_SETTINGS_NAME, SETTINGS_NAME, TUNED_SETTINGS_NAME, Home
from connector.core.faults import ConfigFault


def example_settings(name: str = SETTINGS_NAME) -> bytes:
    """An example as it is shipped inside the package: the strategy's, or the connector's own."""
    return files("connector.bot.commands").joinpath(name).read_bytes()


def write_example(home: Home) -> Path:
    """Writes the example settings into the home and returns the path of the strategy's.

    Raises `ConfigFault` where those are there already, which are left as they are, or nothing can be written. The
    second example and the connector's own settings are written beside them, unless they are there.
    """
    path = home.settings
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    try:
        try:
            with path.open("xb") as file:
                file.write(example_settings())
        except FileExistsError as error:
            raise ConfigFault("init", path, "exists already", "edit it, or move it away first") from error
        for name in (TUNED_SETTINGS_NAME, CONNECTOR_SETTINGS_NAME):
            with contextlib.suppress(FileExistsError), (home.conf / name).open("xb") as file:
                file.write(example_settings(name))
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def no_settings(home: Home, given: Path | None) -> ConfigFault:
    """What a run says where the home holds no settings; `given` is the home that was named on the command line."""
    command = "connector init" if given is None else f"connector init --home {given}"
    return ConfigFault("settings file", home.settings, "does not exist", f"write the example there: {command}")


def _unwritable(path: Path, error: OSError) -> ConfigFault:
    reason = error.strerror or str(error)
    return ConfigFault("init", path, f"cannot be written: {reason}", "choose another folder by --home")
