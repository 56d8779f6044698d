"""The pairs that are traded: taken up at the start, added and taken away while running.

What a pair needs before it can be quoted is read here: its rule, leverage, fee, and where the account's trades stand.
A few pairs are read one by one before the start. Of many, the leverages come in one answer, and the rest is read
beside the trading, in the slice of the rate budget that leaves room for orders.
"""

import asyncio
import logging
from dataclasses import dataclass

from connector.core.faults import ConnectorFault
from connector.core.reports import BracketsReport
from connector.core.trade_fee import CommissionRate
from connector.exchange import gates
from connector.exchange.network.components import Components

_LOG = logging.getLogger(__name__)
#: So many pairs are read whole before the start.
MOST_READ_AT_START = 20
#: A pair's fee and trades weigh 25: at this pace the slice for snapshots stays more than half free.
_APART_S = 2.0
_FEES_EVERY_S = 3_600.0


async def take_up(components: Components) -> None:
    """Reads what the traded pairs need, and follows them. Raises `ConnectorFault`."""
    pairs = components.pair_rules.trading_pairs
    symbols = {components.pair_rules.rules[trading_pair].symbol for trading_pair in pairs}
    for report in await components.api.leverages_of(symbols, most_single=1):
        components.dispatcher.dispatch(report)
    if len(pairs) <= MOST_READ_AT_START:
        for trading_pair in pairs:
            await _take_up_account_side(components, trading_pair)
    _follow(components, pairs)


async def add(components: Components, trading_pair: str) -> bool:
    """Trades a further pair. False when it is traded already. Raises `ConfigFault` for one that is not listed."""
    if trading_pair in components.pair_rules.trading_pairs:
        return False
    instruments = await components.api.instruments()
    symbol = instruments.rule(trading_pair).symbol
    leverage, side = await components.api.leverage(symbol), await _read_account_side(components, symbol)
    if trading_pair in components.pair_rules.trading_pairs:
        return False
    # From here on nothing is waited for: whoever knows its rule finds its market, too.
    components.pair_rules.add(trading_pair, instruments)
    components.gates.fall(gates.ORDER_BOOKS, f"{trading_pair}: just added")
    _follow(components, (trading_pair,))
    components.dispatcher.dispatch(leverage)
    _take_account_side(components, trading_pair, side)
    return True


def remove(components: Components, trading_pair: str) -> bool:
    """Trades a pair no more. False, and nothing is done, when it is not traded, or when an order of ours may live
    or a position is held there: what is at stake is watched."""
    rule = components.pair_rules.rules.get(trading_pair)
    if rule is None or components.ledger.positions_of(rule.symbol):
        return False
    if any(order.trading_pair == trading_pair for order in (*components.tracker.active, *components.tracker.ghosts())):
        return False
    components.pair_rules.remove(trading_pair)
    streams = components.streams
    streams.books.remove(rule.symbol)
    streams.mark_trades.remove(rule.symbol)
    for part in (
        components.funding_terms,
        components.funding_history,
        components.liveness,
        streams.quiet_books,
        streams.quiet_trades,
    ):
        part.forget(rule.symbol)
    components.push.forget(components.feed.symbols[rule.symbol])
    components.feed.remove(rule.symbol)
    components.commissions.pop(trading_pair, None)
    components.budget.forget(trading_pair)
    return True


async def read_the_rest(components: Components) -> None:
    """What was not read at the start, pair by pair, whenever no book waits, until there is nothing left."""
    for trading_pair in tuple(components.pair_rules.trading_pairs):
        while trading_pair in components.pair_rules.rules and trading_pair not in components.commissions:
            await asyncio.sleep(_APART_S)
            if components.streams.books.snapshots.waiting or not components.gates.holds(gates.ORDER_BOOKS):
                continue
            try:
                await _take_up_account_side(components, trading_pair)
            except ConnectorFault as fault:
                _LOG.info("%s: reading fee and trades: %s", trading_pair, fault)


async def keep_fees(components: Components) -> None:
    """Reads every pair's fee again, once an hour: the tier of an account is another one from one day to the next."""
    while True:
        await asyncio.sleep(_FEES_EVERY_S)
        for trading_pair in tuple(components.commissions):
            await asyncio.sleep(_APART_S)
            try:
                await _read_fee(components, trading_pair)
            except ConnectorFault as fault:
                _LOG.info("%s: reading the fee again: %s", trading_pair, fault)


@dataclass(frozen=True, slots=True)
class _AccountSide:
    """What the account has to do with a symbol, whether it trades there or not."""

    brackets: BracketsReport
    commission: CommissionRate


async def _take_up_account_side(components: Components, trading_pair: str) -> None:
    side = await _read_account_side(components, components.pair_rules.rules[trading_pair].symbol)
    if trading_pair in components.pair_rules.rules:
        _take_account_side(components, trading_pair, side)


async def _read_account_side(components: Components, symbol: str) -> _AccountSide:
    await components.reconciler.trade_marks.set(symbol)
    return _AccountSide(await components.api.brackets_report(symbol), await components.api.commission(symbol))


def _take_account_side(components: Components, trading_pair: str, side: _AccountSide) -> None:
    components.dispatcher.dispatch(side.brackets)
    components.commissions[trading_pair] = side.commission


async def _read_fee(components: Components, trading_pair: str) -> None:
    rule = components.pair_rules.rules.get(trading_pair)
    if rule is None:
        return
    commission = await components.api.commission(rule.symbol)
    if trading_pair in components.pair_rules.rules:
        components.commissions[trading_pair] = commission


def _follow(components: Components, pairs: tuple[str, ...]) -> None:
    symbols = []
    for trading_pair in pairs:
        symbol = components.pair_rules.rules[trading_pair].symbol
        symbol_feed = components.feed.add(symbol, trading_pair)
        components.funding_terms.watch(symbol_feed)
        symbol_feed.mark_watcher = components.risk.take_mark if components.risk.is_on else components.budget.take_mark
        symbols.append(symbol)
    components.streams.books.add(symbols)
    components.streams.mark_trades.add(symbols)
