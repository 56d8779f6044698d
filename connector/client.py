"""`connector.open`: an exchange, ready to trade, that leaves nothing open behind it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connector.bot.session import local_exchange
from connector.core.faults import ArgumentFault, ConnectorFault, StopFault
from connector.core.interface import Exchange
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner, Signer
from connector.net.system_clock import SystemClock
from connector.venue.domains import LOCAL, Domain, domain_named

_CANCEL_WITHIN_S = 10.0


@asynccontextmanager
async def open(
    *trading_pairs: str,
    domain: str = LOCAL.name,
    exchange_url: str | None = None,
    api_key: str | None = None,
    api_secret: str | None = None,
    seed: int = 1,
    ready_within_s: float = 30.0,
) -> AsyncIterator[Exchange]:
    """Connects an account for these pairs, waits until it is `ready`, and hands out the exchange.

    On the local domain, the default, it is a local exchange of its own, seeded by `seed`, or the running one at
    `exchange_url`; the key is made up there. Other domains need the `api_key` and `api_secret` of an HMAC key.

    At the end every order of ours is cancelled, and the connection closed; positions stay. Raises `ArgumentFault` for
    what can't be opened, `UnavailableFault` for an exchange that does not answer or does not become ready,
    `StopFault` where orders may be left: it names them.
    """
    row = _checked(trading_pairs, domain, exchange_url)
    if not row.is_local:
        async with _connected(row, _signer(row, api_key, api_secret), trading_pairs, ready_within_s) as exchange:
            yield exchange
        return
    for argument, value in (("api_key", api_key), ("api_secret", api_secret)):
        if value is not None:
            raise ArgumentFault(argument, "…", "the local exchange makes up its own key", "leave it out")
    venue = local_exchange.attached(exchange_url) if exchange_url else await local_exchange.started(seed)
    try:
        epoch = await venue.epoch()
        async with _connected(venue.domain, epoch.signer, trading_pairs, ready_within_s) as exchange:
            yield exchange
    finally:
        await venue.stop()


def _checked(trading_pairs: tuple[str, ...], domain: str, exchange_url: str | None) -> Domain:
    if not trading_pairs:
        raise ArgumentFault("trading_pairs", "", "names no pair", 'such as open("BTC-USDT")')
    for trading_pair in trading_pairs:
        if not isinstance(trading_pair, str):
            remedy = 'each is an argument of its own: open("BTC-USDT", "ETH-USDT")'
            raise ArgumentFault("trading_pairs", trading_pair, "is no text", remedy)
    row = domain_named(domain)
    if exchange_url is not None and not row.is_local:
        raise ArgumentFault("exchange_url", exchange_url, f"{row.name} has addresses of its own", "leave it out")
    return row


def _signer(row: Domain, api_key: str | None, api_secret: str | None) -> Signer:
    for argument, value in (("api_key", api_key), ("api_secret", api_secret)):
        if not value:
            raise ArgumentFault(argument, value, f"{row.name} needs a key", f"make one for {row.title}")
    return HmacSigner(Secret(str(api_key)), Secret(str(api_secret)))


@asynccontextmanager
async def _connected(
    row: Domain, signer: Signer, trading_pairs: tuple[str, ...], ready_within_s: float
) -> AsyncIterator[Exchange]:
    exchange = assemble(row, signer, trading_pairs, f"a{secrets.token_hex(3)}", SystemClock())
    try:
        await exchange.start_network()
        await exchange.wait_until_ready(ready_within_s)
        try:
            yield exchange
        finally:
            await _cancel_all(exchange)
    finally:
        await exchange.stop_network()


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
