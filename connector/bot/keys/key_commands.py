"""The commands about keys, as they are typed: connect, disconnect, keys, store."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from connector.bot.command_output import AsJsonOption, CommandOutput, Facts
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
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask for an API key at the terminal, have it checked, and seal it in the key store.

    For example: connector connect binance_perpetual_testnet
    """
    terms = ConnectTerms(accept_withdraw_permission)
    stored = connect_key(KeyHome(home, password_from), keyed_domain(name), check_key, terms)
    CommandOutput(as_json=as_json).give(stored)


def disconnect(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without asking.")] = False,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Remove a domain's API key from this machine.

    For example: connector disconnect binance_perpetual_testnet
    """
    domain = keyed_domain(name).name
    disconnect_key(KeyHome(home, None), domain, is_agreed=yes)
    words = f"removed: {domain}; at the exchange the key lives on until you delete it there"
    CommandOutput(as_json=as_json).give({"domain": domain, "is_removed": True}, words)


def keys(as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """List the API keys: domain, kind, fingerprint, when added and last checked; never a secret.

    For example: connector keys --json
    """
    console = Console(soft_wrap=not sys.stdout.isatty(), stderr=as_json)
    CommandOutput(as_json=as_json).give(list_keys(KeyHome(home, None), console))


def store(
    act: Annotated[StoreAct, typer.Argument(metavar="ACT", help=f"One of {', '.join(StoreAct)}.")],
    what: Annotated[str | None, typer.Argument(metavar="[WHAT]", help="The folder or the domain it is about.")] = None,
    redacted: Annotated[bool, typer.Option("--redacted", help="export: without any secret.")] = False,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="change-password: by recovery codes instead of the old password.")
    ] = False,
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Change the password of all keys, check, rotate, back up or restore their store.

    For example: connector store backup /media/safe/keys
    """
    keys_at, output = KeyHome(home, password_from), CommandOutput(as_json=as_json)
    if act in _ABOUT and what is None:
        sys.stderr.write(f"store {act}: name {_ABOUT[act]}\n")
        raise typer.Exit(ExitCode.USAGE)
    if act is StoreAct.EXPORT:
        facts = store_acts.export(keys_at, is_redacted=redacted)
        output.give(facts, json.dumps(facts, indent=2))
        return
    output.give({"act": act.value, **_done(act, what or "", keys_at, output, by_recovery=recovery)})


def _done(act: StoreAct, what: str, keys_at: KeyHome, output: CommandOutput, *, by_recovery: bool) -> Facts:
    """Does it; what was done."""
    match act:
        case StoreAct.CHANGE_PASSWORD:
            return store_acts.new_password(keys_at, output.say, by_recovery=by_recovery)
        case StoreAct.VERIFY:
            return store_acts.verify(keys_at, output.say)
        case StoreAct.ROTATE:
            return store_acts.new_data_keys(keys_at, output.say)
        case StoreAct.BACKUP:
            return store_acts.backup(keys_at, Path(what), output.say)
        case StoreAct.RESTORE:
            return store_acts.restore(keys_at, what, output.say)
        case StoreAct.IMPORT_HUMMINGBOT:
            return import_hummingbot(keys_at, Path(what), check_key)
        case StoreAct.EXPORT_HUMMINGBOT:
            return export_hummingbot(keys_at, Path(what), output.say)
        case StoreAct.KEYRING_ADD:
            return store_acts.add_keyring(keys_at, output.say)
        case _:
            return store_acts.remove_keyring(keys_at, output.say)


def audit(
    act: Annotated[
        AuditAct, typer.Argument(metavar="ACT", help="verify: find what was removed, altered or reordered; renew.")
    ],
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Check the log of who unlocked, connected, changed, approved and refused, or put it aside and begin anew.

    For example: connector audit verify
    """
    keys_at, output = KeyHome(home, password_from), CommandOutput(as_json=as_json)
    done = renew_audit if act is AuditAct.RENEW else verify_audit
    output.give({"act": act.value, **done(keys_at, output.say)})


def second_factor(
    act: Annotated[FactorAct, typer.Argument(metavar="ACT", help=f"One of {', '.join(FactorAct)}.")],
    domain: FactorDomain = None,
    leverage_above: Annotated[
        int, typer.Option(min=1, max=150, help="enable: above this leverage it is asked for, too.")
    ] = 50,
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask for a one-time code before a key is used: switch that on or off, or show it.

    For example: connector 2fa enable --leverage-above 20
    """
    keys_at, output = KeyHome(home, password_from), CommandOutput(as_json=as_json)
    name = keyed_domain(factor_acts.only_domain(keys_at, domain)).name
    match act:
        case FactorAct.ENABLE:
            facts = factor_acts.enable(keys_at, name, leverage_above, output.say)
        case FactorAct.DISABLE:
            facts = factor_acts.disable(keys_at, name, output.say)
        case FactorAct.STATUS:
            facts = factor_acts.status(keys_at, name, output.say)
    output.give({"act": act.value, **facts})


def approve(
    what: Annotated[ApproveAct, typer.Argument(metavar="WHAT", help=f"One of {', '.join(ApproveAct)}.")],
    bound: Annotated[int, typer.Argument(metavar="[N]", help="leverage: the highest one.")] = 0,
    span: Annotated[str, typer.Option("--for", metavar="SPAN", help="How long: 30m, 8h, 30d; 90d at most.")] = "8h",
    domain: FactorDomain = None,
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Approve for a while what an unattended bot may do without a code, or end all approvals.

    For example: connector approve unlock --for 8h
    """
    keys_at, output = KeyHome(home, password_from), CommandOutput(as_json=as_json)
    name = keyed_domain(factor_acts.only_domain(keys_at, domain)).name
    if (what is ApproveAct.LEVERAGE) != bool(bound):
        sys.stderr.write("approve: leverage needs its highest value, and nothing else does: approve leverage 75\n")
        raise typer.Exit(ExitCode.USAGE)
    if what is ApproveAct.REVOKE:
        facts = factor_acts.revoke(keys_at, name, output.say)
    else:
        facts = factor_acts.approve(keys_at, name, Approved(what.value), bound, span, output.say)
    output.give({"act": what.value, **facts})
