"""`connector doctor`: what a key and its account are good for, as a table or as JSON; nothing is changed there.

The same examination is made at each start of a run at a domain that is not local.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from connector.bot.command_output import CommandOutput
from connector.bot.commands.options import check_domain
from connector.bot.commands.run import ConfigOption, plan_of
from connector.bot.exit_codes import ExitCode
from connector.bot.home import home_at
from connector.bot.keys.factor_gate import passed_at_unlock
from connector.bot.keys.key_check import details, signer_of, wanted_by_each
from connector.bot.keys.key_commands import HomeOption, PasswordOption
from connector.bot.keys.key_home import KeyHome
from connector.bot.quoting.run_plan import RunPlan
from connector.bot.report.screen import patient_console
from connector.bot.session import local_exchange
from connector.bot.session.instance_journal import Keeping
from connector.config.connector_settings import connector_settings
from connector.core.faults import NoKeyFault, OptionFault
from connector.core.findings import Concern, Finding, Verdict
from connector.exchange.network.account_checks import Wanted
from connector.exchange.network.doctor import Examined, examine
from connector.net.lookups import run_to_end
from connector.net.sign import Signer
from connector.net.system_clock import SystemClock
from connector.venue.domains import DOMAINS, LOCAL, Domain, domain_named

_STYLES: Final = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.REFUSAL: "red", Verdict.NOT_ASKED: "dim"}
_WORDS: Final = {
    Verdict.OK: "ok",
    Verdict.WARNING: "warning",
    Verdict.REFUSAL: "refused",
    Verdict.NOT_ASKED: "can't be asked here",
}
_CODES: Final = {
    Concern.NETWORK: ExitCode.UNAVAILABLE,
    Concern.KEY: ExitCode.NO_USABLE_KEY,
    Concern.ACCOUNT: ExitCode.UNAVAILABLE,
    Concern.SETTINGS: ExitCode.BAD_CONFIG,
}


def doctor(
    domain: Annotated[str | None, typer.Option(help=f"One of {', '.join(DOMAINS)}; else the settings' own.")] = None,
    config: ConfigOption = None,
    exchange: Annotated[str | None, typer.Option(metavar="URL", help="A running local exchange.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
    try_other_domains: Annotated[
        bool, typer.Option("--try-other-domains", help="Try a key that is refused at the other domains, too.")
    ] = False,
    accept_withdraw_permission: Annotated[
        bool,
        typer.Option("--accept-withdraw-permission", help="Look at it as if that were accepted; nothing is stored."),
    ] = False,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Say what a key, its account and the way to the exchange are good for; nothing is changed there.

    For example: connector doctor --domain binance_perpetual_testnet
    """
    folders = home_at(home)
    check_domain(domain)
    plan: RunPlan | None = None
    if config or folders.settings.is_file():
        plan = plan_of(folders, config or (), home, domain, CommandOutput(as_json=as_json))
    row = domain_named(domain or (plan.domain if plan else LOCAL.name))
    if exchange is not None and not row.is_local:
        raise OptionFault("--exchange", exchange, f"is for the local exchange, not for {row.name}", "leave it out")
    keeping = Keeping(folders.data, connector_settings(folders.connector_settings, must_exist=False))

    def wanted(signer: Signer) -> Wanted:
        of = [one.settings for one in plan.strategies] if plan else []
        wants = wanted_by_each(of, keeping, row, signer) if of else Wanted()
        return replace(wants, accepts_withdrawal=accept_withdraw_permission)

    if row.is_local:
        examined = run_to_end(_of_local(exchange, wanted))
    else:
        examined = _of_remote(row, KeyHome(home, password_from), wanted, tries_other_domains=try_other_domains)
    code = code_of(examined)
    if as_json:
        typer.echo(as_json_text(examined, code))
    else:
        show(examined, patient_console())
    raise typer.Exit(code)


async def _of_local(exchange: str | None, wanted: Callable[[Signer], Wanted]) -> Examined:
    """A local exchange makes up its key."""
    venue = local_exchange.attached(exchange) if exchange else await local_exchange.started(seed=1)
    try:
        epoch = await venue.epoch()
        return await examine(venue.domain, epoch.signer, SystemClock(), wanted(epoch.signer))
    finally:
        await venue.stop()


def _of_remote(
    row: Domain, keys: KeyHome, wanted: Callable[[Signer], Wanted], *, tries_other_domains: bool
) -> Examined:
    """Without a key hosts are looked at all the same, and the want of one is the last finding."""
    signer: Signer | None = None
    wants: Wanted | None = None
    lack: tuple[Finding, ...] = ()
    try:
        store = keys.opened(row.name)
    except NoKeyFault as fault:
        lack = (Finding("key", Concern.KEY, Verdict.REFUSAL, str(fault)),)
    else:
        try:
            passed_at_unlock(keys, store)
            credentials = store.credentials()
        finally:
            store.close()
        signer = signer_of(credentials)
        wants = wanted(signer)
        wants = replace(wants, accepts_withdrawal=wants.accepts_withdrawal or credentials.accepts_withdraw)
    examining = examine(row, signer, SystemClock(), wants, tries_other_domains=tries_other_domains)
    examined = run_to_end(examining)
    return replace(examined, findings=(*examined.findings, *lack))


def code_of(examined: Examined) -> ExitCode:
    """How a command ends for what was found."""
    return ExitCode.OK if examined.refusal is None else _CODES[examined.refusal.concern]


def show(examined: Examined, console: Console) -> None:
    """The findings as a table: what was found, why, and what mends it."""
    domain = examined.domain
    table = Table(title=f"{domain.name} ({domain.title})", title_justify="left", show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in examined.findings:
        table.add_row(_WORDS[finding.verdict], finding.line, style=_STYLES[finding.verdict])
        for line in details(finding):
            table.add_row("", f"  {line}")
    console.print(table)


def as_json_text(examined: Examined, code: ExitCode) -> str:
    """One object: domain, exit code, findings."""
    rows = [finding.to_json() for finding in examined.findings]
    told = {"domain": examined.domain.name, "exit_code": int(code), "findings": rows}
    return json.dumps(told, indent=2, ensure_ascii=False)
