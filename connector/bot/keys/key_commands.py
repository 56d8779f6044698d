"""The commands about keys, as they are typed: connect, disconnect, keys, store."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from connector.bot.exit_codes import ExitCode
from connector.bot.keys import factor_acts, store_acts
from connector.bot.keys.audit import AuditAct, renew_audit, verify_audit
from connector.bot.keys.connect import ConnectTerms
from connector.bot.keys.connect import connect as connect_key
from connector.bot.keys.factor_acts import ApproveAct, FactorAct
from connector.bot.keys.hummingbot_acts import export_hummingbot, import_hummingbot
from connector.bot.keys.key_check import check_key
from connector.bot.keys.key_home import KeyHome, keyed_domain
from connector.bot.keys.key_list import disconnect as disconnect_key
from connector.bot.keys.key_list import list_keys
from connector.bot.keys.store_acts import StoreAct
from connector.keys.approvals import Approved
from connector.keys.password_sources import FORMS

HomeOption = Annotated[Path | None, typer.Option(help="Where conf/, data/ and logs/ lie.")]
PasswordOption = Annotated[str | None, typer.Option("--password-from", metavar="SOURCE", help=f"One of {FORMS}.")]
FactorDomain = Annotated[str | None, typer.Option("--domain", help="The domain; needed where several have a key.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The domain, such as binance_perpetual_testnet.")]

#: What an act is about, where it has to be named.
_ABOUT = {
    StoreAct.BACKUP: "a new folder",
    StoreAct.RESTORE: "the domain",
    StoreAct.IMPORT_HUMMINGBOT: "Hummingbot's folder",
    StoreAct.EXPORT_HUMMINGBOT: "Hummingbot's folder",
}


def connect(
    name: NameArgument,
    accept_withdraw_permission: Annotated[
        bool, typer.Option("--accept-withdraw-permission", help="Take a key that may withdraw or transfer, too.")
    ] = False,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Ask for an API key at the terminal, have it checked, and seal it in the key store."""
    terms = ConnectTerms(accept_withdraw_permission)
    connect_key(KeyHome(home, password_from), keyed_domain(name), check_key, terms)


def disconnect(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without asking.")] = False,
    home: HomeOption = None,
) -> None:
    """Remove a domain's API key from this machine."""
    domain = keyed_domain(name).name
    disconnect_key(KeyHome(home, None), domain, is_agreed=yes)
    typer.echo(f"removed: {domain}; at the exchange the key lives on until you delete it there")


def keys(home: HomeOption = None) -> None:
    """List the API keys: domain, kind, fingerprint, when added and last checked; never a secret."""
    console = Console(soft_wrap=not sys.stdout.isatty())
    list_keys(KeyHome(home, None), console)


def store(
    act: Annotated[StoreAct, typer.Argument(metavar="ACT", help=f"One of {', '.join(StoreAct)}.")],
    what: Annotated[str | None, typer.Argument(metavar="[WHAT]", help="The folder or the domain it is about.")] = None,
    redacted: Annotated[bool, typer.Option("--redacted", help="export: without any secret.")] = False,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="change-password: by recovery codes instead of the old password.")
    ] = False,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Change the password of all keys, check, rotate, back up or restore their store."""
    keys_at = KeyHome(home, password_from)
    if act in _ABOUT and what is None:
        sys.stderr.write(f"store {act}: name {_ABOUT[act]}\n")
        raise typer.Exit(ExitCode.USAGE)
    match act:
        case StoreAct.CHANGE_PASSWORD:
            store_acts.new_password(keys_at, typer.echo, by_recovery=recovery)
        case StoreAct.VERIFY:
            store_acts.verify(keys_at, typer.echo)
        case StoreAct.ROTATE:
            store_acts.new_data_keys(keys_at, typer.echo)
        case StoreAct.EXPORT:
            store_acts.export(keys_at, typer.echo, is_redacted=redacted)
        case StoreAct.BACKUP:
            store_acts.backup(keys_at, Path(what or ""), typer.echo)
        case StoreAct.RESTORE:
            store_acts.restore(keys_at, what or "", typer.echo)
        case StoreAct.IMPORT_HUMMINGBOT:
            import_hummingbot(keys_at, Path(what or ""), check_key)
        case StoreAct.EXPORT_HUMMINGBOT:
            export_hummingbot(keys_at, Path(what or ""), typer.echo)
        case StoreAct.KEYRING_ADD:
            store_acts.add_keyring(keys_at, typer.echo)
        case StoreAct.KEYRING_REMOVE:
            store_acts.remove_keyring(keys_at, typer.echo)


def audit(
    act: Annotated[
        AuditAct, typer.Argument(metavar="ACT", help="verify: find what was removed, altered or reordered; renew.")
    ],
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Check the log of who unlocked, connected, changed, approved and refused, or put it aside and begin anew."""
    keys_at = KeyHome(home, password_from)
    if act is AuditAct.RENEW:
        renew_audit(keys_at, typer.echo)
    else:
        verify_audit(keys_at, typer.echo)


def second_factor(
    act: Annotated[FactorAct, typer.Argument(metavar="ACT", help=f"One of {', '.join(FactorAct)}.")],
    domain: FactorDomain = None,
    leverage_above: Annotated[
        int, typer.Option(min=1, max=150, help="enable: above this leverage it is asked for, too.")
    ] = 50,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Ask for a one-time code before a key is used: switch that on or off, or show it."""
    keys_at = KeyHome(home, password_from)
    name = keyed_domain(factor_acts.only_domain(keys_at, domain)).name
    match act:
        case FactorAct.ENABLE:
            factor_acts.enable(keys_at, name, leverage_above, typer.echo)
        case FactorAct.DISABLE:
            factor_acts.disable(keys_at, name, typer.echo)
        case FactorAct.STATUS:
            factor_acts.status(keys_at, name, typer.echo)


def approve(
    what: Annotated[ApproveAct, typer.Argument(metavar="WHAT", help=f"One of {', '.join(ApproveAct)}.")],
    bound: Annotated[int, typer.Argument(metavar="[N]", help="leverage: the highest one.")] = 0,
    span: Annotated[str, typer.Option("--for", metavar="SPAN", help="How long: 30m, 8h, 30d; 90d at most.")] = "8h",
    domain: FactorDomain = None,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Approve for a while what an unattended bot may do without a code, or end all approvals."""
    keys_at = KeyHome(home, password_from)
    name = keyed_domain(factor_acts.only_domain(keys_at, domain)).name
    if (what is ApproveAct.LEVERAGE) != bool(bound):
        sys.stderr.write("approve: leverage needs its highest value, and nothing else does: approve leverage 75\n")
        raise typer.Exit(ExitCode.USAGE)
    if what is ApproveAct.REVOKE:
        factor_acts.revoke(keys_at, name, typer.echo)
    else:
        factor_acts.approve(keys_at, name, Approved(what.value), bound, span, typer.echo)
