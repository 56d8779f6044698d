"""Orders and fills as REST and the user stream tell them ("New order", "Query order", "Order update")."""

from connector.simulator.accounts.events import Execution, OrderChanged
from connector.simulator.accounts.records import Amendment, TradeRecord
from connector.simulator.fixed_point import E8, e8_text, half_up, text_of
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import MARKET, NEW, SIDE_WORDS, Condition, Order

Payload = dict[str, object]


def average_e8(filled_value: int, filled_lots: int, instrument: Instrument) -> int:
    """The average price of what is filled."""
    return half_up(filled_value * instrument.tick_e8, filled_lots) if filled_lots else 0


def quote_e8(filled_value: int, instrument: Instrument) -> int:
    """The quote amount of what is filled."""
    return half_up(filled_value * instrument.tick_e8 * instrument.lot_e8, E8)


def price_of(order: Order, instrument: Instrument) -> str:
    return "0.00" if order.kind == MARKET else instrument.price_text(order.price_ticks)


def order_ack(order: Order, instrument: Instrument, *, accepted: bool = False) -> Payload:
    """The answer to place and cancel: no average price and no quote amount since 2026-06-30.

    `accepted` tells the order as it was before it met the book, which is what an ACK knows.
    """
    executed = instrument.quantity_text(0 if accepted else order.filled_lots)
    return {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": NEW if accepted else order.status,
        "clientOrderId": order.client_order_id,
        "price": price_of(order, instrument),
        "origQty": instrument.quantity_text(order.lots),
        "executedQty": executed,
        "cumQty": executed,
        **_terms(order, instrument),
        "updateTime": order.created_ms if accepted else order.updated_ms,
    }


def test_ack(order: Order, instrument: Instrument) -> Payload:
    """The answer to a mere check: its page kept average price and quote amount ("Test order", as of 2026-11)."""
    return {**order_ack(order, instrument), "avgPrice": "0.00", "cumQuote": "0.00000000", **_NO_TRAIL}


def modify_ack(order: Order, instrument: Instrument, modify_id: int | None) -> Payload:
    """The answer to a change: an ack with the pair, and the owner's own number where one was given."""
    named = {} if modify_id is None else {"modifyId": modify_id}
    return {**order_ack(order, instrument), "pair": order.symbol, **named}


def amendment_row(record: Amendment, instrument: Instrument) -> Payload:
    """A row of orderAmendment."""
    price, quantity = instrument.price_text, instrument.quantity_text
    return {
        "amendmentId": record.amendment_id,
        "symbol": record.symbol,
        "pair": record.symbol,
        "orderId": record.order_id,
        "clientOrderId": record.client_order_id,
        "time": record.time_ms,
        "amendment": {
            "price": {"before": price(record.ticks[0]), "after": price(record.ticks[1])},
            "origQty": {"before": quantity(record.lots[0]), "after": quantity(record.lots[1])},
            "count": record.count,
            "modifyId": record.modify_id,
        },
    }


def order_row(order: Order, instrument: Instrument) -> Payload:
    """The answer to queries: with average price, quote amount, trail and time, without `cumQty`."""
    return {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order.status,
        "clientOrderId": order.client_order_id,
        "price": price_of(order, instrument),
        "avgPrice": e8_text(average_e8(order.filled_value, order.filled_lots, instrument)),
        "origQty": instrument.quantity_text(order.lots),
        "executedQty": instrument.quantity_text(order.filled_lots),
        "cumQuote": e8_text(quote_e8(order.filled_value, instrument)),
        **_NO_TRAIL,
        **_terms(order, instrument),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def all_orders_row(order: Order, instrument: Instrument) -> Payload:
    """A row of allOrders names the pair and the other family's amount too, since 2026-08."""
    return {**order_row(order, instrument), "pair": order.symbol, "cumBase": "0"}


_UNCONDITIONAL = Condition("")
#: What queries say of orders that trail nothing.
_NO_TRAIL: Payload = {"activatePrice": "0", "priceRate": "0"}


def _terms(order: Order, instrument: Instrument) -> Payload:
    condition = order.condition or _UNCONDITIONAL
    return {
        "timeInForce": order.time_in_force,
        "type": order.kind,
        "origType": condition.kind or order.kind,
        "reduceOnly": order.reduce_only,
        "closePosition": condition.close_position,
        "side": SIDE_WORDS[order.side],
        "positionSide": order.position_side,
        "stopPrice": instrument.price_text(condition.trigger_ticks),
        "workingType": condition.working_type,
        "priceProtect": condition.price_protect,
        "priceMatch": order.price_match,
        "selfTradePreventionMode": order.self_trade_prevention,
        "goodTillDate": order.good_till_ms,
        **_trail(condition, instrument, "activatePrice", "priceRate"),
    }


def _trail(condition: Condition, instrument: Instrument, activation: str, distance: str) -> Payload:
    """Activation price and distance in percent, told of trailing stops alone."""
    if not condition.callback_e4:
        return {}
    return {activation: instrument.price_text(condition.activate_ticks), distance: callback_text(condition.callback_e4)}


def callback_text(callback_e4: int) -> str:
    """Hundredths of a percent as the percentage with one decimal or two: 150 is `1.5`."""
    whole = text_of(callback_e4, 2)
    return whole[:-1] if whole.endswith("0") else whole


def user_trade(trade: TradeRecord, instrument: Instrument) -> Payload:
    """A row of userTrades."""
    return {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "side": SIDE_WORDS[trade.side],
        "price": instrument.price_text(trade.ticks),
        "qty": instrument.quantity_text(trade.lots),
        "realizedPnl": e8_text(trade.realised_e8),
        "quoteQty": e8_text(quote_e8(trade.ticks * trade.lots, instrument)),
        "baseQty": "0",
        "marginAsset": instrument.quote,
        "commission": e8_text(trade.commission_e8),
        "commissionAsset": trade.commission_asset,
        "time": trade.time_ms,
        "positionSide": trade.position_side,
        "buyer": trade.side > 0,
        "maker": trade.is_maker,
        "pair": instrument.symbol,
    }


_NO_FILL = Execution(trade_id=0, ticks=0, lots=0, commission_e8=0, realised_e8=0, is_maker=False)


def order_trade_update(change: OrderChanged, instrument: Instrument, event_ms: int) -> Payload:
    """The full event of an order that moved. Commission is named only where there is one."""
    order, fill = change.order, change.fill.execution if change.fill else _NO_FILL
    condition = order.condition or _UNCONDITIONAL
    trail = _trail(condition, instrument, "AP", "cr")
    changed = {"M": str(change.modify_id)} if change.modify_id is not None else {}
    paid = {"n": e8_text(fill.commission_e8), "N": fill.commission_asset} if change.fill else {}
    return {
        "e": "ORDER_TRADE_UPDATE",
        "T": change.time_ms,
        "E": event_ms,
        "o": {
            "s": order.symbol,
            "c": order.client_order_id,
            "S": SIDE_WORDS[order.side],
            "o": order.kind,
            "f": order.time_in_force,
            "q": instrument.quantity_text(order.lots),
            "p": price_of(order, instrument),
            "ap": e8_text(average_e8(change.filled_value, change.filled_lots, instrument)),
            "sp": instrument.price_text(condition.trigger_ticks) if condition.trigger_ticks else "0",
            "x": change.execution_type,
            "X": change.status,
            "i": order.order_id,
            "l": instrument.quantity_text(fill.lots),
            "z": instrument.quantity_text(change.filled_lots),
            "L": instrument.price_text(fill.ticks),
            **paid,
            "T": change.time_ms,
            "t": fill.trade_id,
            "b": e8_text(change.bid_notional_e8),
            "a": e8_text(change.ask_notional_e8),
            "m": fill.is_maker,
            "R": order.reduce_only,
            "wt": condition.working_type,
            "ot": condition.kind or order.kind,
            "ps": order.position_side,
            "cp": condition.close_position,
            **trail,
            "rp": e8_text(fill.realised_e8),
            "pP": condition.price_protect,
            "si": 0,
            "ss": 0,
            "V": order.self_trade_prevention,
            "pm": order.price_match,
            "gtd": order.good_till_ms,
            "er": str(change.expiry_reason),
            **changed,
        },
    }


def trade_lite(change: OrderChanged, fill: Execution, instrument: Instrument, event_ms: int) -> Payload:
    """The fast event of a fill: no commission, no position side, no status."""
    order = change.order
    return {
        "e": "TRADE_LITE",
        "E": event_ms,
        "T": change.time_ms,
        "s": order.symbol,
        "q": instrument.quantity_text(order.lots),
        "p": price_of(order, instrument),
        "m": fill.is_maker,
        "c": order.client_order_id,
        "S": SIDE_WORDS[order.side],
        "L": instrument.price_text(fill.ticks),
        "l": instrument.quantity_text(fill.lots),
        "t": fill.trade_id,
        "i": order.order_id,
    }
