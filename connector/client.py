"""`connector.open`: an exchange, ready to trade, that leaves nothing open behind it."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.bot.keys.key_at_start import key_at_start
from connector.bot.keys.key_check import check_key
from connector.bot.keys.key_home import KeyHome
from connector.bot.session import local_exchange
from connector.bot.session.instance_journal import Keeping, kept_instance
from connector.bot.session.shared_limits import SharedLimits, limits_folder
from connector.bot.session.undisturbed import undisturbed
from connector.bot.session.venues import KeyedVenue, TradingVenue
from connector.config.connector_settings import ConnectorSettings, connector_settings
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ArgumentFault, ConfigFault, ConnectorFault, StopFault
from connector.core.interface import Exchange
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import Signer
from connector.net.system_clock import SystemClock
from connector.venue.domains import LOCAL, Domain, domain_named

_LOG = logging.getLogger(__name__)
_CANCEL_WITHIN_S = 10.0


#: What settings are called as arguments of `open`.
_ARGUMENTS = {"market": "trading_pairs", "--exchange": "exchange_url"}


@dataclass(frozen=True, slots=True)
class _Life:
    """What one opening asks for beside account and key."""

    trading_pairs: tuple[str, ...]
    ready_within_s: float
    keeping: Keeping | None
    hear: Callable[[Event], None] | None
    settings: ConnectorSettings
    #: Others may count in the same limits: it is no exchange of our own.
    is_shared: bool


@asynccontextmanager
async def open(
    *trading_pairs: str,
    domain: str = LOCAL.name,
    exchange_url: str | None = None,
    signer: Signer | None = None,
    seed: int = 1,
    ready_within_s: float = 30.0,
    data: Path | None = None,
    hear: Callable[[Event], None] | None = None,
    connector_config: Path | None = None,
    home: Path | None = None,
    password_from: str | None = None,
) -> AsyncIterator[Exchange]:
    """Connects an account for these pairs, waits until it is `ready`, and hands out the exchange.

    On the local domain, the default, it is a local exchange of its own, seeded by `seed`, or the running one at
    `exchange_url`; it makes up a key, which signs where no `signer` is given. On another domain it is the key that
    `connector connect` has stored in `home`, checked as at a start of `connector run`; its password is asked for at the
    terminal, or comes `password_from` where `--password-from` takes it.

    With a folder `data` orders outlive a crash: each is written down there before it leaves, and the next time that the
    account is opened with it, what is still open is cancelled and what happened meanwhile is told, before this hands
    out the exchange: `hear` is called with every event from the first one on. Without, nothing is kept.

    `connector_config`: a file of the connector's own settings, as `conf/connector.yml`; the defaults without one.

    While it is open Python's collector leaves out what was there when it became ready, and threads of this process give
    the interpreter back after 0.1 ms.

    At the end every order of ours is cancelled, and the connection closed; positions stay. Raises `ArgumentFault` for
    what can't be opened, `NoKeyFault`, `KeyStoreFault` and `ApprovalFault` where the stored key can't be had,
    `UnavailableFault` for an exchange that does not answer or does not become ready,
    `StopFault` where orders may be left: it names them.
    """
    row = _checked(trading_pairs, domain, exchange_url)
    with _named_as_arguments():
        own = connector_settings(connector_config, must_exist=True) if connector_config else ConnectorSettings()
    if data is None and own.order_mapper_type != "own":
        rule = f"order_mapper_type {own.order_mapper_type}: own orders are known by the journal alone"
        raise ArgumentFault("data", None, rule, "name a folder for it")
    keeping = Keeping(data, own) if data else None
    is_shared = exchange_url is not None or not row.is_local
    life = _Life(trading_pairs, ready_within_s, keeping, hear, keeping.settings_in_place if keeping else own, is_shared)
    with _named_as_arguments():
        venue = await _venue(row, exchange_url, signer, seed, lambda: KeyHome(home, password_from))
    try:
        async with _connected(venue, signer, life) as exchange:
            yield exchange
    finally:
        await venue.stop()


async def _venue(
    row: Domain, exchange_url: str | None, signer: Signer | None, seed: int, keys: Callable[[], KeyHome]
) -> TradingVenue:
    """Where it trades, and by which key."""
    if row.is_local:
        return local_exchange.attached(exchange_url) if exchange_url else await local_exchange.started(seed)
    if signer is not None:
        return KeyedVenue(row, signer)
    # Beside the loop: it asks at the terminal, and opening a store is work.
    return await asyncio.to_thread(lambda: key_at_start(keys(), row, check_key, _told))


def _told(line: str) -> None:
    _LOG.log(logging.WARNING if line.startswith("warning") else logging.INFO, "%s", line)


def _checked(trading_pairs: tuple[str, ...], domain: str, exchange_url: str | None) -> Domain:
    if not trading_pairs:
        raise ArgumentFault("trading_pairs", "", "names no pair", 'such as open("BTC-USDT")')
    for trading_pair in trading_pairs:
        if not isinstance(trading_pair, str):
            remedy = 'each is an argument of its own: open("BTC-USDT", "ETH-USDT")'
            raise ArgumentFault("trading_pairs", trading_pair, "is no text", remedy)
    with _named_as_arguments():
        row = domain_named(domain)
    if exchange_url is not None and not row.is_local:
        raise ArgumentFault("exchange_url", exchange_url, f"{row.name} has addresses of its own", "leave it out")
    return row


@contextmanager
def _named_as_arguments() -> Iterator[None]:
    """A setting that is wrong is an argument here, and told by the argument's name."""
    try:
        yield
    except ConfigFault as fault:
        argument = _ARGUMENTS.get(fault.key, fault.key)
        raise ArgumentFault(argument, fault.value, fault.rule, fault.remedy) from fault


@asynccontextmanager
async def _connected(venue: TradingVenue, own_signer: Signer | None, life: _Life) -> AsyncIterator[Exchange]:
    row, signer = venue.domain, own_signer or (await venue.epoch()).signer
    clock = SystemClock()
    kept = kept_instance(life.keeping, row, signer) if life.keeping else None
    instance = kept.instance if kept else f"a{secrets.token_hex(3)}"
    share = life.settings.rate_limit_share
    limits = SharedLimits(limits_folder(), row, signer, share) if life.is_shared else None
    throttle = limits.throttle if limits else None
    exchange = assemble(row, signer, life.trading_pairs, instance, clock, throttle, life.settings, venue.permit)
    if kept:
        kept.begin(clock.now_ms())
    if life.hear is not None:
        for tag in MarketEvent:
            exchange.add_listener(tag, life.hear)
    try:
        with _named_as_arguments():
            await exchange.start_network()
        await exchange.wait_until_ready(life.ready_within_s)
        try:
            with undisturbed():
                yield exchange
        finally:
            await _cancel_all(exchange)
    finally:
        await exchange.stop_network()
        if limits:
            limits.close()
        if kept:
            kept.end(clock.now_ms())


async def _cancel_all(exchange: PerpetualDerivative) -> None:
    """Raises `StopFault` that names the orders whose end the exchange did not confirm."""
    if not exchange.in_flight_orders:
        return
    try:
        results = await exchange.cancel_all(_CANCEL_WITHIN_S)
    except ConnectorFault as fault:
        left = ", ".join(exchange.in_flight_orders)
        raise StopFault(f"orders may be open at the exchange: {left} ({fault})") from fault
    left = ", ".join(result.order_id for result in results if not result.success)
    if left:
        raise StopFault(f"orders may be open at the exchange: {left} (not confirmed in {_CANCEL_WITHIN_S:g} s)")
