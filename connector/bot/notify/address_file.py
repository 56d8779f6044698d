"""Where messages go: addresses with tokens in them, and so a secret, kept in a file of mode 0600 or by systemd."""

from collections.abc import Mapping
from pathlib import Path

from connector.bot.notify.kinds import OPTION
from connector.core.faults import ConfigFault, KeyStoreFault
from connector.keys.private_files import check_private

FILE = "notify-addresses"
CREDENTIAL = "connector-notify"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
_MOST_BYTES = 16_384


def address_file(conf: Path, environment: Mapping[str, str]) -> Path:
    """The home's file, else systemd's credential. Raises `ConfigFault` where there is none, or others can read it."""
    path = conf / FILE
    try:
        check_private(path)
        return path
    except FileNotFoundError:
        folder = environment.get(_CREDENTIALS)
        credential = Path(folder) / CREDENTIAL if folder else None
        if credential is not None and credential.is_file():
            # The system itself keeps others away from it.
            return credential
        remedy = "write the addresses there, one a line, and chmod 600"
        raise ConfigFault(OPTION, path, "is not there", remedy) from None
    except KeyStoreFault as fault:
        raise ConfigFault(OPTION, path, str(fault).removeprefix(f"{path}: ")) from fault


def addresses(path: Path) -> list[tuple[int, str]]:
    """Each with its line's number; empty lines and those that begin with # are none. Raises OSError, ValueError."""
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES).decode("utf-8-sig")
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, line) for number, line in lines if line and not line.startswith("#")]
