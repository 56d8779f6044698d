"""`connector cancel --everyones`: every open order of a pair, or of the account, whoever placed it, is cancelled.

The bot itself ends its own orders alone, each by its id. This ends those of other programs and of the app too, by
`allOpenOrders` and `algoOpenOrders`, so what would go is listed first, and somebody has to say so.
"""

from collections.abc import Callable, Sequence

from connector.core.amounts import plain
from connector.core.clock import Clock
from connector.core.faults import StopFault
from connector.core.reports import OrderReport
from connector.exchange.account.venue_api import VenueApi
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer, key_fingerprint
from connector.venue.domains import Domain, host_of

_WORD = "cancel"


async def cancel_everyones(
    domain: Domain,
    signer: Signer,
    clock: Clock,
    pair: str | None,
    say: Callable[[str], None],
    ask: Callable[[str], str] | None,
) -> list[str]:
    """Lists what would go, asks, and cancels it; `ask` None: it was said beforehand. Of every pair where none is named.
    Returns the client order ids of those that are cancelled.

    Raises `StopFault` where other orders are open by then, and nothing is cancelled, or where some are open after it;
    `ConnectorFault` where the exchange does not answer.
    """
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    gateway.sign_with(signer)
    api = VenueApi(gateway)
    try:
        await gateway.measure_clock()
        symbol = None if pair is None else (await api.instruments()).rule(pair).symbol
        listed = await _open(api, symbol)
        say(f"account of the key with the fingerprint {key_fingerprint(signer)}, {domain.name}, {host_of(domain.rest)}")
        if not listed:
            say(f"nothing is open{'' if pair is None else f' of {pair}'}")
            return []
        for row in listed:
            say(_line(row))
        if ask is not None and ask(f"Type {_WORD} to cancel these {len(listed)}: ").strip() != _WORD:
            say("nothing was cancelled")
            return []
        await _cancel(api, symbol, listed)
        say(f"cancelled: {len(listed)}, and nothing is open there")
        return [row.client_order_id for row in listed]
    finally:
        await http.close()


async def _cancel(api: VenueApi, symbol: str | None, listed: Sequence[OrderReport]) -> None:
    named = {_name(row) for row in listed}
    unseen = [row for row in await _open(api, symbol) if _name(row) not in named]
    if unseen:
        raise StopFault(f"nothing was cancelled: other orders are open by now: {_names(unseen)}; look again")
    for each in dict.fromkeys(row.symbol for row in listed):
        await api.algo.cancel_all(each)
        await api.cancel_all_orders(each)
    left = await _open(api, symbol)
    if left:
        raise StopFault(f"still open: {_names(left)}; is a program placing orders there?")


async def _open(api: VenueApi, symbol: str | None) -> tuple[OrderReport, ...]:
    """The open orders of either family."""
    if symbol is None:
        return (*await api.algo.all_open_orders(), *await api.all_open_orders())
    return (*await api.algo.open_orders(symbol), *await api.open_orders(symbol))


def _name(row: OrderReport) -> tuple[str, str, bool]:
    return row.symbol, row.client_order_id, row.conditional is not None


def _names(rows: Sequence[OrderReport]) -> str:
    return ", ".join(f"{row.symbol} {row.client_order_id}" for row in rows)


def _line(row: OrderReport) -> str:
    side = row.trade_type.name if row.trade_type else "?"
    amount = "all of the position" if not row.amount else plain(row.amount)
    price = f" at {plain(row.price)}" if row.price else ""
    filled = f", {plain(row.executed_amount)} of it filled" if row.executed_amount else ""
    kind = ", conditional" if row.conditional is not None else ""
    return f"  {row.symbol} {side} {amount}{price}{filled}{kind}: {row.client_order_id}"
