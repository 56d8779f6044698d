"""`connector init`: the example settings, written into the home for its owner to edit."""

from importlib.resources import files
from pathlib import Path

from connector.bot.home import SETTINGS_NAME, Home
from connector.core.faults import ConfigFault


def example_settings() -> bytes:
    """The example as it is shipped inside the package."""
    return files("connector.bot.commands").joinpath(SETTINGS_NAME).read_bytes()


def write_example(home: Home) -> Path:
    """Writes the example settings into the home and returns their path.

    Raises `ConfigFault` where settings are there already, which are left as they are, or nothing can be written.
    """
    path = home.settings
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    try:
        with path.open("xb") as file:
            file.write(example_settings())
    except FileExistsError as error:
        raise ConfigFault("init", path, "exists already", "edit it, or move it away first") from error
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
