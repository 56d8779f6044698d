"""`connector support-bundle`: one file for whoever helps, which was searched for every key of the home."""

import platform
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Annotated

import typer

from connector import __version__
from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.doctor import as_json_text, code_of
from connector.bot.keys.factor_gate import passed_at_unlock
from connector.bot.keys.key_check import signer_of
from connector.bot.keys.key_commands import HomeOption, PasswordOption
from connector.bot.keys.key_home import KeyHome
from connector.bot.report import support_bundle
from connector.core.faults import ConnectorFault
from connector.core.secrets import Secret
from connector.core.twins import TWINS_IN_USE
from connector.exchange.network.doctor import examine
from connector.keys.credentials import Credentials
from connector.keys.second_factor import SecondFactor
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.store.instance_lock import instance_folders
from connector.venue.domains import domain_named


def support_bundle_command(
    file: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The archive to write.")],
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Write settings, the end of the log, versions and the doctor's findings; no key, which is proved.

    For example: connector support-bundle help.zip
    """
    keys = KeyHome(home, password_from)
    held, secrets = _held(keys)
    members = {
        "versions.txt": _versions(),
        "files.txt": _files(keys.folders.data),
        "status.txt": support_bundle.status_text(keys.folders.data, instance_folders(keys.folders.data)),
        **support_bundle.settings_members(keys.folders.conf),
        **support_bundle.log_members(keys.folders.logs),
        **{f"doctor/{key.domain}.json": _findings(key) for key in held},
    }
    support_bundle.written(file, members, secrets)
    words = f"{file}: {len(members)} files, searched for {len(secrets)} secrets of {len(held)} keys; none is in it"
    facts = {"file": str(file), "files": sorted(members), "secrets_searched": len(secrets), "keys": len(held)}
    CommandOutput(as_json=as_json).give(facts, words)


def _held(keys: KeyHome) -> tuple[list[Credentials], list[Secret]]:
    """Every key of the home, and every secret of its stores, so that they can be searched for.

    Raises `KeyStoreFault`, `ApprovalFault`.
    """
    held, secrets = list[Credentials](), list[Secret]()
    for store in keys.opened_each():
        try:
            passed_at_unlock(keys, store)
            key, factor = store.credentials(), SecondFactor(store).state()
        finally:
            store.close()
        held.append(key)
        secrets += [key.api_key, key.api_secret, *([factor.secret] if factor else [])]
    return held, secrets


def _findings(key: Credentials) -> str:
    """What the doctor says; where it can't be asked, why."""
    try:
        examined = run_to_end(examine(domain_named(key.domain), signer_of(key), SystemClock()))
    except ConnectorFault as fault:
        return f"{fault}\n"
    return as_json_text(examined, code_of(examined))


def _versions() -> str:
    packages = sorted(f"{row.metadata['Name']} {row.version}" for row in distributions())
    rows = (f"connector {__version__}, {TWINS_IN_USE}", f"Python {sys.version}", platform.platform(), *packages)
    return "".join(f"{row}\n" for row in rows)


def _files(folder: Path) -> str:
    """What lies in the journal's folder, by name and size."""
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return "".join(f"{path.relative_to(folder)} {path.stat().st_size}\n" for path in found)
