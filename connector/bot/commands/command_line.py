"""The command `connector`: what a person types, and what they read when it fails."""

import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from connector import __version__
from connector.bot.commands import key_commands
from connector.bot.commands.agreement import AgreementAct, is_at_terminal, sign_agreement
from connector.bot.commands.cancel import cancel_everyones
from connector.bot.commands.doctor import doctor
from connector.bot.commands.guard import guarded
from connector.bot.commands.hummingbot_command import hummingbot
from connector.bot.commands.init import no_settings, write_example
from connector.bot.commands.key_at_start import key_at_start
from connector.bot.commands.key_check import check_key, wanted_by
from connector.bot.commands.key_commands import HomeOption, PasswordOption
from connector.bot.commands.key_home import KeyHome
from connector.bot.commands.record import Recorder, RecordOptions
from connector.bot.commands.replay import replay as replay_capture
from connector.bot.commands.support import support_bundle_command
from connector.bot.exit_codes import ExitCode
from connector.bot.home import Home, home_at
from connector.bot.logs import start_log
from connector.bot.report.screen import Screen, patient_console
from connector.bot.run_watchers import Wanted, watched_by
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.live_word import WORD, LiveConsent, stakes
from connector.bot.session.live_word import show as show_stakes
from connector.bot.session.local_exchange import attached
from connector.bot.session.runner import Runner, RunOptions
from connector.bot.session.shared_limits import limits_folder
from connector.bot.session.venues import TradingVenue, in_use
from connector.config.connector_settings import connector_settings
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.core.twins import TWINS_IN_USE
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.simulator.command import run_journal, run_simulator
from connector.simulator.fault_injection.catalogue import fault_names
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.flags import LATENCY_FORMS, SimulationFlags
from connector.simulator.network_access import Access, limits_of
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import DOMAINS, Domain, domain_named

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

app.command()(doctor)
app.command("support-bundle")(support_bundle_command)
app.command()(key_commands.connect)
app.command()(key_commands.disconnect)
app.command()(key_commands.keys)
app.command()(key_commands.store)
app.command()(key_commands.audit)
app.command("2fa")(key_commands.second_factor)
app.command()(key_commands.approve)
app.command()(hummingbot)

ConnectorConfigOption = Annotated[
    Path | None, typer.Option(help="The connector's own settings (default: conf/connector.yml of the home, if there).")
]
DomainOption = Annotated[str | None, typer.Option(help=f"One of {', '.join(DOMAINS)}.")]
ConfigOption = Annotated[Path | None, typer.Option(help="Strategy settings (default: conf/ of the home).")]
ExchangeOption = Annotated[str | None, typer.Option(metavar="URL", help="Attach to a running local exchange.")]
DurationOption = Annotated[float | None, typer.Option(metavar="SECONDS", min=0.1, help="Stop after this long.")]
JsonOption = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the summary there.")]
PictureOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the last live table there (SVG).")]
MetricsOption = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=0, max=65535, help="Figures for Prometheus, on loopback; 0: a free port."),
]
NotifyOption = Annotated[
    str | None, typer.Option(metavar="KIND,…", help="Messages about these (usual, all, …), by conf/notify-addresses.")
]
FaultsOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A script of faults and their times (YAML).")]
AcceptOption = Annotated[
    bool,
    typer.Option("--accept-withdraw-permission", help="Take a key that can move money out; stored with the key."),
]
SeedOption = Annotated[int, typer.Option(help="Seed of the background market.")]
PriceScriptOption = Annotated[
    str | None, typer.Option(metavar="NAME[@S]", help=f"{', '.join(SCRIPTS)} or a YAML file, S seconds later.")
]
InstrumentsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="List the contracts of an exchangeInfo answer.")
]


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"connector {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """A perpetual futures connector, its market-making bot and a local exchange."""


@app.command()
def init(home: HomeOption = None) -> None:
    """Write the example settings into the home; settings that are there already stay as they are."""
    typer.echo(f"{write_example(home_at(home))}: edit it, then: connector run")


@app.command()
def run(
    domain: DomainOption = None,
    config: ConfigOption = None,
    connector_config: ConnectorConfigOption = None,
    exchange: ExchangeOption = None,
    duration: DurationOption = None,
    json_file: JsonOption = None,
    picture: PictureOption = None,
    seed: SeedOption = 1,
    instruments: InstrumentsOption = None,
    password_from: PasswordOption = None,
    yes_live: Annotated[
        bool, typer.Option("--yes-live", help="Trade with real money without being asked for the word.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="The domain's public data, orders on a local exchange; needs no key.")
    ] = False,
    accept_withdraw_permission: AcceptOption = False,
    metrics: MetricsOption = None,
    notify: NotifyOption = None,
    home: HomeOption = None,
) -> None:
    """Run the market maker; without options, on a local exchange of its own."""
    folders = home_at(home)
    settings = _settings(folders, config, home, domain)
    own = connector_settings(connector_config or folders.connector_settings, must_exist=connector_config is not None)
    row = domain_named(settings.domain)
    _check_folder("--json", json_file)
    _check_folder("--picture", picture)
    _check_market(row, exchange, instruments, is_dry=dry_run)
    log = start_log(folders.logs)
    clock = SystemClock()
    keeping = Keeping(folders.data, own, limits=limits_folder())
    venue: TradingVenue | None = None
    if not row.is_local and not dry_run:
        keys = KeyHome(home, password_from)
        venue = _keyed(keys, row, settings, keeping, accepts_withdraw=accept_withdraw_permission)
    with in_use(venue):
        if venue is not None and row.is_live:
            _consent_to_live(venue, settings, (folders.data, config or folders.settings), is_said=yes_live)
        screen = Screen(patient_console(), clock, picture)
        _show_banner(screen, row, log, is_dry=dry_run)
        far = row if dry_run else None
        options = RunOptions(exchange, duration, json_file, seed, instruments, keeping, venue, far)
        run_to_end(_trade(settings, options, screen, clock, Wanted(folders, metrics, notify)))


async def _trade(
    settings: PerpetualMarketMakingSettings, options: RunOptions, screen: Screen, clock: SystemClock, wanted: Wanted
) -> None:
    async with watched_by(wanted, clock, screen.print_line) as watched:
        await Runner(settings, replace(options, watched=watched), screen, clock).run()


def _show_banner(screen: Screen, row: Domain, log: Path, *, is_dry: bool) -> None:
    screen.print_line(f"connector {__version__} on {row.name}; order book: {TWINS_IN_USE}; log: {log}")
    if is_dry:
        screen.print_line(f"DRY RUN: the market is {row.name}'s ({row.title}), orders go to a local exchange alone")


def _settings(
    folders: Home, config: Path | None, home: Path | None, domain: str | None
) -> PerpetualMarketMakingSettings:
    """Those of the strategy, with the domain that was named."""
    overrides = {} if domain is None else {"domain": domain}
    try:
        return load_settings(config or folders.settings, PerpetualMarketMakingSettings, overrides, typer.echo)
    except ConfigFault as fault:
        if config is None and isinstance(fault.__cause__, FileNotFoundError):
            raise no_settings(folders, home) from fault
        raise


@app.command()
def agreement(
    act: Annotated[AgreementAct, typer.Argument(metavar="sign", help="Say what is signed, ask, and sign it.")],
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Sign the exchange's agreement about contracts on traditional finance (-4411), asked at a terminal."""
    row = domain_named(domain or _local_name())
    if not is_at_terminal():
        sys.stderr.write(f"agreement {act}: a person signs it: type this command at a terminal, not in a script\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from))

    async def signed() -> None:
        epoch = await venue.epoch()
        await sign_agreement(venue.domain, epoch.signer, SystemClock(), typer.echo, _typed)

    with in_use(venue):
        run_to_end(signed())


@app.command()
def cancel(
    everyones: Annotated[
        bool, typer.Option("--everyones", help="Orders of other programs and of the app too; must be said.")
    ] = False,
    pair: Annotated[str | None, typer.Option(help="Of one pair, such as BTC-USDT; else of every pair.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Cancel what is listed without asking.")] = False,
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Cancel every open order of a pair or of the account, whoever placed it: listed first, asked at a terminal."""
    row = domain_named(domain or _local_name())
    if not everyones:
        sys.stderr.write("cancel: it takes the orders of everyone on the account: say --everyones\n")
        raise typer.Exit(ExitCode.USAGE)
    if not yes and not is_at_terminal():
        sys.stderr.write("cancel: asked at a terminal: type this command there, or add --yes\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from))

    async def cancelled() -> None:
        epoch = await venue.epoch()
        wanted = None if pair is None else pair.strip().upper()
        await cancel_everyones(venue.domain, epoch.signer, SystemClock(), wanted, typer.echo, None if yes else _typed)

    with in_use(venue):
        run_to_end(cancelled())


@app.command()
def replay(path: Annotated[Path, typer.Argument(help="A capture: a file or a folder.")]) -> None:
    """Drive a recorded capture through the live data path; prints one JSON object."""
    typer.echo(replay_capture(path).as_json())


@app.command()
def record(
    path: Annotated[Path, typer.Argument(metavar="OUT.gz", help="The capture to write.")],
    pairs: Annotated[str, typer.Option(help="Trading pairs, separated by commas.")] = "BTC-USDT",
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    duration: DurationOption = None,
    seed: SeedOption = 1,
) -> None:
    """Write a capture of market data that `replay` reads back; without options, of a local exchange of its own."""
    _check_folder("OUT.gz", path)
    row = domain_named(domain or _local_name())
    wanted = tuple(dict.fromkeys(pair.strip().upper() for pair in pairs.split(",") if pair.strip()))
    recorder = Recorder(path, wanted, RecordOptions(row, exchange, duration, seed), SystemClock())
    run_to_end(recorder.run())
    typer.echo(recorder.summary)


@app.command()
def simulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8080,
    seed: SeedOption = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print addresses and key as one JSON line.")] = False,
    until_stdin_closes: Annotated[bool, typer.Option(help="End when standard input does.")] = False,
    limits: Annotated[str, typer.Option(help="Rate limits: venue, off, or xN for N times the venue's.")] = "venue",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    allow_network: Annotated[bool, typer.Option("--allow-network", help="Allow an address beyond loopback.")] = False,
    pace: Annotated[float, typer.Option(min=0.01, max=100, help="How many times faster the market trades.")] = 1.0,
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A recording that is the market; - reads standard input.")
    ] = None,
    price_script: PriceScriptOption = None,
    ack_latency: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Of answers: {LATENCY_FORMS}.")] = None,
    event_latency: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Of streams: {LATENCY_FORMS}.")] = None,
    clock: Annotated[str | None, typer.Option(metavar="xN", help="N times this machine's time; x0 is paused.")] = None,
    journal: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every command there.")] = None,
    replay_journal: Annotated[Path | None, typer.Option(metavar="FILE", help="Do a journaled run again.")] = None,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the state there, and go on from it.")] = None,
    faults: FaultsOption = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Print the faults on demand, and end.")] = False,
    funding_every: Annotated[
        float, typer.Option(min=1, max=28_800, help="Seconds that stand for eight hours of funding.")
    ] = 8.0,
    instruments: InstrumentsOption = None,
) -> None:
    """Run the local exchange alone, on loopback."""
    if list_faults:
        typer.echo(fault_names())
        return
    if replay_journal is not None:
        raise typer.Exit(run_journal(replay_journal, as_json))
    wanted = limits_of(limits)
    if wanted is None:
        raise typer.BadParameter(f"{limits}: venue, off, or xN", param_hint="--limits")
    drill = SimulationFlags(
        pace,
        replay,
        price_script,
        ack_latency,
        event_latency,
        clock,
        journal,
        state,
        faults,
        funding_every,
        instruments,
    )
    code = run_simulator(port, seed, as_json, until_stdin_closes, Access(host, allow_network, wanted), drill)
    raise typer.Exit(code)


def main() -> None:
    """The command's entry. Every failure is one clear line a problem and a documented exit code."""
    raise SystemExit(guarded(app))


def _signing_venue(row: Domain, exchange: str | None, keys: KeyHome) -> TradingVenue:
    """Where a command acts on an account: a running local exchange, or a domain whose key is unlocked."""
    if not row.is_local:
        return key_at_start(keys, row, partial(check_key, tells_withdrawal_alone=True), typer.echo)
    if exchange is None:
        raise ConfigFault("--exchange", "(missing)", "an account of which local exchange?", "name a running one")
    return attached(exchange)


def _local_name() -> str:
    return next(row.name for row in DOMAINS.values() if row.is_local)


def _keyed(
    keys: KeyHome, row: Domain, settings: PerpetualMarketMakingSettings, keeping: Keeping, *, accepts_withdraw: bool
) -> TradingVenue:
    """A domain with its key, which was looked at before, with what the settings want of it."""
    check = partial(check_key, wanted=partial(wanted_by, settings, keeping, row))
    return key_at_start(keys, row, check, typer.echo, settings.leverage, accepts_withdraw=accepts_withdraw)


def _consent_to_live(
    venue: TradingVenue, settings: PerpetualMarketMakingSettings, files: tuple[Path, Path], *, is_said: bool
) -> None:
    """What could be lost is shown, and the word asked for, where these settings never traded with this key. `files`:
    the folder that keeps consents, and the settings."""
    row, signer = venue.domain, run_to_end(venue.epoch()).signer
    consent = LiveConsent(*files, signer)
    if consent.is_given:
        return
    if not is_said and not is_at_terminal():
        sys.stderr.write(
            f"run: the first live run of these settings asks for the word {WORD}: type this command at a terminal, or "
            "add --yes-live\n"
        )
        raise typer.Exit(ExitCode.USAGE)
    show_stakes(row, run_to_end(stakes(row, signer, settings, SystemClock())), patient_console())
    if not is_said and not consent.ask(_typed):
        typer.echo("nothing was sent")
        raise typer.Exit(ExitCode.OK)
    consent.keep()


def _typed(question: str) -> str:
    """A line of the terminal; what ends it is no word. A loop that runs would keep Ctrl-C to itself meanwhile."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question).strip()
    except (EOFError, KeyboardInterrupt):
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


def _check_market(row: Domain, exchange: str | None, instruments: Path | None, *, is_dry: bool) -> None:
    """What is said of where to trade has to go together."""
    if exchange and instruments:
        raise ConfigFault("--instruments", instruments, "is for an exchange of its own", "leave out --exchange, or it")
    if not row.is_local and (exchange or instruments):
        option, value = ("--exchange", exchange) if exchange else ("--instruments", instruments)
        raise ConfigFault(
            option, value, f"is for the local exchange, not for {row.name}", f"leave it out, or use {_local_name()}"
        )
    if is_dry and row.is_local:
        raise ConfigFault("--dry-run", row.name, "is a local exchange already", "leave it out, or name another domain")


def _check_folder(option: str, path: Path | None) -> None:
    """What is written at the end has to have a place at the start."""
    if path is not None and path.is_dir():
        raise ConfigFault(option, path, "is a folder", "name a file")
    if path is not None and not path.absolute().parent.is_dir():
        raise ConfigFault(option, path, "its folder does not exist", "create the folder first")
