"""The pairs that are traded: taken up at the start, added and taken away while running.

What a pair needs before it can be quoted is read here: its rule, leverage, fee, and where the account's trades stand.
A few pairs are read one by one before the start. Of many, the leverages come in one answer, and the rest is read
beside the trading, in the slice of the rate budget that leaves room for orders.
"""

import asyncio
import logging

from connector.core.faults import ConnectorFault
from connector.core.reports import LeverageReport
from connector.exchange import gates
from connector.exchange.parts import Parts

_LOG = logging.getLogger(__name__)
#: So many pairs are read whole before the start.
MOST_READ_AT_START = 20
#: A pair's fee and trades weigh 25: at this pace the slice for snapshots stays more than half free.
_APART_S = 2.0


async def take_up(parts: Parts) -> None:
    """Reads what the pairs of the listing need, and follows them. Raises `ConnectorFault`."""
    pairs = parts.listing.trading_pairs
    for report in await _leverages(parts, pairs):
        parts.door.take(report)
    if len(pairs) <= MOST_READ_AT_START:
        for trading_pair in pairs:
            await _read_account_side(parts, trading_pair)
    _follow(parts, pairs)


async def add(parts: Parts, trading_pair: str) -> bool:
    """Trades a further pair. False when it is traded already. Raises `ConfigFault` for one that is not listed."""
    if trading_pair in parts.listing.trading_pairs:
        return False
    parts.listing.add(trading_pair, await parts.account.instruments())
    try:
        parts.door.take(await parts.account.leverage(parts.listing.rules[trading_pair].symbol))
        await _read_account_side(parts, trading_pair)
    except ConnectorFault:
        parts.listing.remove(trading_pair)
        raise
    parts.gates.fall(gates.ORDER_BOOKS, f"{trading_pair}: just added")
    _follow(parts, (trading_pair,))
    return True


def remove(parts: Parts, trading_pair: str) -> bool:
    """Trades a pair no more. False, and nothing is done, when it is not traded, or when an order of ours may live
    or a position is held there: what is at stake is watched."""
    rule = parts.listing.rules.get(trading_pair)
    if rule is None or parts.ledger.positions_of(rule.symbol):
        return False
    if any(order.trading_pair == trading_pair for order in (*parts.tracker.active, *parts.tracker.ghosts())):
        return False
    parts.listing.remove(trading_pair)
    parts.books.remove(rule.symbol)
    parts.funding.remove(rule.symbol)
    for part in (parts.funding_facts, parts.liveness, parts.cross_check, parts.trade_check):
        part.forget(rule.symbol)
    parts.feed.remove(rule.symbol)
    parts.fees.pop(trading_pair, None)
    return True


async def read_the_rest(parts: Parts) -> None:
    """What was not read at the start, pair by pair, whenever no book waits, until there is nothing left."""
    for trading_pair in tuple(parts.listing.trading_pairs):
        while trading_pair in parts.listing.rules and trading_pair not in parts.fees:
            await asyncio.sleep(_APART_S)
            if parts.books.snapshots.waiting or not parts.gates.holds(gates.ORDER_BOOKS):
                continue
            try:
                await _read_account_side(parts, trading_pair)
            except ConnectorFault as fault:
                _LOG.info("%s: reading fee and trades: %s", trading_pair, fault)


async def _leverages(parts: Parts, pairs: tuple[str, ...]) -> tuple[LeverageReport, ...]:
    symbols = {parts.listing.rules[trading_pair].symbol for trading_pair in pairs}
    if len(symbols) == 1:
        return (await parts.account.leverage(*symbols),)
    return tuple(report for report in await parts.account.leverages() if report.symbol in symbols)


async def _read_account_side(parts: Parts, trading_pair: str) -> None:
    symbol = parts.listing.rules[trading_pair].symbol
    await parts.reconciler.remember_where_trades_stand(symbol)
    commission = await parts.account.commission(symbol)
    if trading_pair in parts.listing.rules:
        parts.fees[trading_pair] = commission.taker


def _follow(parts: Parts, pairs: tuple[str, ...]) -> None:
    symbols = []
    for trading_pair in pairs:
        symbol = parts.listing.rules[trading_pair].symbol
        parts.funding_facts.watch(parts.feed.add(symbol, trading_pair))
        symbols.append(symbol)
    parts.books.add(symbols)
    parts.funding.add(symbols)
