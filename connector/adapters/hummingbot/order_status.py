"""What we know of an order, in Hummingbot's words, where its executors ask."""

from collections.abc import Iterable

from hummingbot.core.data_type.in_flight_order import InFlightOrder as TheirOrder
from hummingbot.core.data_type.in_flight_order import OrderState as TheirState
from hummingbot.core.data_type.in_flight_order import OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from connector.adapters.hummingbot.words import POSITION_ACTIONS, STATES, fee_of
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.exchange.derivative import PerpetualDerivative

_TOLD = {
    OrderStatus.NEW: TheirState.OPEN,
    OrderStatus.PARTIALLY_FILLED: TheirState.PARTIALLY_FILLED,
    OrderStatus.FILLED: TheirState.FILLED,
    OrderStatus.CANCELED: TheirState.CANCELED,
    OrderStatus.EXPIRED: TheirState.CANCELED,
    OrderStatus.REJECTED: TheirState.FAILED,
}


async def order_update(exchange: PerpetualDerivative | None, theirs: TheirOrder) -> OrderUpdate:
    """By our own order, which a look-up of ours settles; the exchange is asked about one that we do not know.

    Where it does not answer, the order stands as it stood: they would count a fault as an order that is not found, and
    give up after four. Raises `Fault` alone where the exchange does not know the order either: its fate is GONE.
    """
    known = await _known(exchange, theirs)
    if known is not None:
        return known
    return _update(theirs, theirs.current_state, theirs.last_update_timestamp, theirs.exchange_order_id or "")


async def asked_update(exchange: PerpetualDerivative, theirs: TheirOrder) -> OrderUpdate:
    """As the exchange has it. Raises `ConnectorFault`: its fate is GONE where the exchange does not know it."""
    symbol = await symbol_of(exchange, theirs.trading_pair)
    report: OrderReport = await exchange.venue_api.order(symbol, theirs.client_order_id)
    state = _TOLD.get(report.status, theirs.current_state)
    return _update(theirs, state, report.time_ms / 1000, report.exchange_order_id)


async def asked_trades(
    exchange: PerpetualDerivative, theirs: TheirOrder, exchange_order_id: str, fees: TradeFeeSchema
) -> list[TradeUpdate]:
    """Its trades as the exchange has them. Raises `ConnectorFault`."""
    symbol, since_ms = await symbol_of(exchange, theirs.trading_pair), round(theirs.creation_timestamp * 1000)
    reports = await exchange.venue_api.trades_of_order(symbol, exchange_order_id, since_ms)
    fills = [fill for report in reports for fill in report.fills]
    return _trades(theirs, exchange_order_id, fills, fees)


def trade_updates(exchange: PerpetualDerivative | None, theirs: TheirOrder, fees: TradeFeeSchema) -> list[TradeUpdate]:
    """Its trades, with the fees that were booked."""
    ours = None if exchange is None else exchange.components.tracker.order(theirs.client_order_id)
    return [] if ours is None else _trades(theirs, ours.exchange_order_id, ours.fills.values(), fees)


async def symbol_of(exchange: PerpetualDerivative, trading_pair: str) -> str:
    """Of a pair that is traded, or listed at least. Raises `ConnectorFault`."""
    rule = exchange.trading_rules.get(trading_pair)
    return (rule or (await exchange.venue_api.instruments()).rule(trading_pair)).symbol


async def _known(exchange: PerpetualDerivative | None, theirs: TheirOrder) -> OrderUpdate | None:
    if exchange is None:
        return None
    ours = exchange.components.tracker.order(theirs.client_order_id)
    if ours is not None:
        seen_s = (ours.last_update_ms or ours.created_ms) / 1000
        return _update(theirs, STATES[ours.state], seen_s, ours.exchange_order_id)
    try:
        return await asked_update(exchange, theirs)
    except ConnectorFault as fault:
        if isinstance(fault, Fault) and fault.rule.fate is Fate.GONE:
            raise
        return None


def _trades(
    theirs: TheirOrder, exchange_order_id: str, fills: Iterable[Fill], fees: TradeFeeSchema
) -> list[TradeUpdate]:
    return [
        TradeUpdate(
            trade_id=fill.trade_id,
            client_order_id=theirs.client_order_id,
            exchange_order_id=exchange_order_id,
            trading_pair=theirs.trading_pair,
            fill_timestamp=fill.time_ms / 1000,
            fill_price=fill.price,
            fill_base_amount=fill.amount,
            fill_quote_amount=fill.amount * fill.price,
            fee=fee_of(fees, POSITION_ACTIONS[theirs.position], fill.fee_asset, fill.fee_amount),
            is_taker=not fill.is_maker,
        )
        for fill in fills
    ]


def _update(theirs: TheirOrder, state: TheirState, timestamp_s: float, exchange_order_id: str) -> OrderUpdate:
    return OrderUpdate(
        trading_pair=theirs.trading_pair,
        update_timestamp=timestamp_s,
        new_state=state,
        client_order_id=theirs.client_order_id,
        exchange_order_id=exchange_order_id or None,
    )
