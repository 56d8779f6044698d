"""`connector run`: the market maker, until it is told to stop."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, cast

import typer

from connector import __version__
from connector.bot.command_output import CommandOutput
from connector.bot.commands.init import no_settings
from connector.bot.commands.options import (
    DomainOption,
    DurationOption,
    ExchangeOption,
    InstrumentsOption,
    PriceScriptOption,
    SeedOption,
    check_domain,
    check_folder,
    check_own_exchange,
    check_own_market,
    local_name,
)
from connector.bot.control.controlled_run import controlled
from connector.bot.control.places import checked_name
from connector.bot.exit_codes import ExitCode
from connector.bot.home import Home, home_at
from connector.bot.keys.key_at_start import key_at_start
from connector.bot.keys.key_check import check_key, wanted_by_each
from connector.bot.keys.key_commands import HomeOption, PasswordOption
from connector.bot.keys.key_home import KeyHome
from connector.bot.logs import log_file, start_log
from connector.bot.quoting.run_plan import NamedSettings, RunPlan
from connector.bot.quoting.strategy_modules import model_of
from connector.bot.report.screen import Screen, patient_console, unheld_console
from connector.bot.run_watchers import (
    MetricsOption,
    NotifyOption,
    PageControlOption,
    PageOption,
    PagePortOption,
    Wanted,
    watched_by,
)
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.live_word import WORD, LiveConsent, stakes
from connector.bot.session.live_word import show as show_stakes
from connector.bot.session.local_exchange import OwnMarket
from connector.bot.session.runner import ON_OUTPUT, Runner, RunOptions
from connector.bot.session.shared_limits import limits_folder
from connector.bot.session.venues import TradingVenue, in_use
from connector.config.connector_settings import connector_settings
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault, OptionFault
from connector.core.twins import TWINS_IN_USE
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.strategies.strategy import RunSettings
from connector.venue.domains import Domain, domain_named

ConfigOption = Annotated[
    list[Path] | None,
    typer.Option("--config", help="Strategy settings (default: conf/ of the home); may be given several times."),
]
ConnectorConfigOption = Annotated[
    Path | None, typer.Option(help="The connector's own settings (default: conf/connector.yml of the home, if there).")
]
JsonOption = Annotated[
    Path | None,
    typer.Option("--json", "--summary", metavar="FILE", help="Write the summary there; -: to standard output, alone."),
]
PictureOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the last live table there (SVG).")]
NameOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="How status, stop and the like call it (default: its pair).")
]
LogJsonOption = Annotated[bool, typer.Option("--log-json", help="Write the log as JSON, an object a line.")]
HeadlessOption = Annotated[
    bool, typer.Option("--headless", help="Plain lines on a terminal too, and no question: for a service.")
]
YesLiveOption = Annotated[
    bool, typer.Option("--yes-live", help="Trade with real money without being asked for the word.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="The domain's public data, orders on a local exchange; needs no key.")
]
AcceptOption = Annotated[
    bool,
    typer.Option("--accept-withdraw-permission", help="Take a key that can move money out; stored with the key."),
]


def run(
    domain: DomainOption = None,
    config: ConfigOption = None,
    connector_config: ConnectorConfigOption = None,
    exchange: ExchangeOption = None,
    duration: DurationOption = None,
    json_file: JsonOption = None,
    picture: PictureOption = None,
    headless: HeadlessOption = False,
    name: NameOption = None,
    seed: SeedOption = None,
    price_script: PriceScriptOption = None,
    instruments: InstrumentsOption = None,
    password_from: PasswordOption = None,
    yes_live: YesLiveOption = False,
    dry_run: DryRunOption = False,
    accept_withdraw_permission: AcceptOption = False,
    metrics: MetricsOption = None,
    notify: NotifyOption = None,
    page: PageOption = False,
    page_port: PagePortOption = 0,
    page_control: PageControlOption = False,
    log_json: LogJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Run the market maker; without options, on a local exchange of its own.

    For example: connector run --headless --price-script crash@3 --duration 10
    """
    check_domain(domain)
    name = None if name is None else checked_name(name)
    output, folders = CommandOutput(as_json=json_file == ON_OUTPUT), home_at(home)
    plan = plan_of(folders, config or (), home, domain, output)
    own = connector_settings(connector_config or folders.connector_settings, must_exist=connector_config is not None)
    row = domain_named(plan.domain)
    _check_files(json_file, picture)
    _check_market(row, plan, exchange, market := OwnMarket(seed, instruments, price_script), is_dry=dry_run)
    log = start_log(folders.logs, as_json=log_json)
    clock, keeping = SystemClock(), Keeping(folders.data, own, limits=limits_folder())
    keyed = partial(_keyed, KeyHome(home, password_from), row, plan, keeping, output)
    venue = None if row.is_local or dry_run else keyed(accepts_withdraw=accept_withdraw_permission)
    with in_use(venue):
        if venue is not None and row.is_live:
            may_ask = output.is_at_terminal and not headless
            _consent_to_live(venue, plan, folders.data, output, is_said=yes_live, may_ask=may_ask)
        options = RunOptions(exchange, duration, json_file, market, keeping, venue, row if dry_run else None)
        with unheld_console(output.file, is_plain=headless) as console:
            _show_banner(screen := Screen(console, clock, picture), row, log, is_dry=dry_run)
            shown = Wanted(folders, metrics, notify, page, page_port, page_control, console.is_terminal)
            run_to_end(_trade(plan, options, screen, clock, shown, name))


async def _trade(
    plan: RunPlan,
    options: RunOptions,
    screen: Screen,
    clock: SystemClock,
    wanted: Wanted,
    name: str | None,
) -> None:
    async with watched_by(replace(wanted, strategies=plan.marks), clock, screen.print_line) as watched:
        runner = Runner(plan, replace(options, watched=watched), screen, clock)
        await controlled(runner, wanted.folders.data, name, plan.market)


def _check_files(json_file: Path | None, picture: Path | None) -> None:
    check_folder("--json", json_file)
    check_folder("--picture", picture)


def _show_banner(screen: Screen, row: Domain, log: Path, *, is_dry: bool) -> None:
    if (writes := log_file()) is not None:
        writes.tell = screen.print_line
    screen.print_line(f"connector {__version__} on {row.name}; order book: {TWINS_IN_USE}; log: {log}")
    if is_dry:
        screen.print_line(f"DRY RUN: the market is {row.name}'s ({row.title}), orders go to a local exchange alone")


def plan_of(
    folders: Home, config: Sequence[Path], home: Path | None, domain: str | None, output: CommandOutput
) -> RunPlan:
    """What the files say, with the domain that was named; `home` as it was typed. Raises `ConfigFault`."""
    files = config or (folders.settings,)
    overrides = {} if domain is None else {"domain": domain}
    try:
        read = [load_settings(file, model_of(file, folders.strategies), overrides, output.say) for file in files]
    except ConfigFault as fault:
        if not config and isinstance(fault.__cause__, FileNotFoundError):
            raise no_settings(folders, home) from fault
        raise
    settings = [cast(RunSettings, one) for one in read]
    names = [file.stem for file in files] if len(files) > 1 else [settings[0].strategy]
    rows = zip(names, files, settings, strict=True)
    return RunPlan(tuple(NamedSettings(name, one, str(file)) for name, file, one in rows))


def _keyed(
    keys: KeyHome,
    row: Domain,
    plan: RunPlan,
    keeping: Keeping,
    output: CommandOutput,
    *,
    accepts_withdraw: bool,
) -> TradingVenue:
    """A domain with its key, which was looked at before, with what the settings want of it."""
    wanted = partial(wanted_by_each, [one.settings for one in plan.strategies], keeping, row)
    check, leverage = partial(check_key, wanted=wanted), max(plan.leverages.values())
    return key_at_start(keys, row, check, output.say, leverage, accepts_withdraw=accepts_withdraw)


def _consent_to_live(
    venue: TradingVenue,
    plan: RunPlan,
    data: Path,
    output: CommandOutput,
    *,
    is_said: bool,
    may_ask: bool,
) -> None:
    """What could be lost is shown, and the word asked for, where these settings never traded with this key. `data`: the
    folder that keeps consents."""
    row, signer = venue.domain, run_to_end(venue.epoch()).signer
    for one in plan.strategies:
        consent = LiveConsent(data, Path(one.file), signer)
        if consent.is_given:
            continue
        if not is_said and not may_ask:
            sys.stderr.write(
                f"run: the first live run of these settings asks for the word {WORD}: type this command at a terminal, "
                "or add --yes-live\n"
            )
            raise typer.Exit(ExitCode.USAGE)
        at_stake = run_to_end(stakes(row, signer, one.settings, SystemClock()))
        show_stakes(row, at_stake, patient_console(output.file))
        if not is_said and not consent.ask(output.typed):
            output.say("nothing was sent")
            raise typer.Exit(ExitCode.OK)
        consent.keep()


def _check_market(row: Domain, plan: RunPlan, exchange: str | None, market: OwnMarket, *, is_dry: bool) -> None:
    """What is said of where to trade has to go together."""
    of_its_own = market.given
    check_own_exchange(exchange, of_its_own)
    check_own_market(market)
    if is_dry and row.is_local:
        raise OptionFault("--dry-run", row.name, "is a local exchange already", "leave it out, or name another domain")
    if is_dry and len(plan.pairs) > 1:
        rule = f"plays the market of one pair, and {', '.join(plan.pairs)} are traded"
        raise OptionFault("--dry-run", row.name, rule, "run a strategy of one pair")
    if not row.is_local:
        for option, value in {"--exchange": exchange, **of_its_own}.items():
            if value is not None:
                rule = f"is for the local exchange, not for {row.name}"
                raise OptionFault(option, value, rule, f"leave it out, or use {local_name()}")
