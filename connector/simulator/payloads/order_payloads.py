"""Orders and fills as REST and the user stream tell them ("New order", "Query order", "Order update")."""

from connector.simulator.accounts.events import Execution, OrderChanged
from connector.simulator.accounts.records import Amendment, TradeRecord
from connector.simulator.fixed_point import text_of
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import MARKET, NEW, SIDE_WORDS, Condition, Order
from connector.simulator.payloads.spelling import ZERO, average_text, bare_e8, bare_price, bare_quantity, bare_value

Payload = dict[str, object]


def price_of(order: Order, instrument: Instrument) -> str:
    """The order's own price, padded: of a market order a zero with the contract's decimals."""
    return instrument.price_text(0 if order.kind == MARKET else order.price_ticks)


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
    none = {"avgPrice": instrument.price_text(0), "cumQuote": instrument.value_text(0)}
    return {**order_ack(order, instrument), **none, **_NO_TRAIL}


def modify_ack(order: Order, instrument: Instrument, modify_id: int | None) -> Payload:
    """The answer to a change: an ack with the pair, and the owner's own number where one was given."""
    named: Payload = {} if modify_id is None else {"modifyId": modify_id}
    return _beside(order_ack(order, instrument), symbol={"pair": order.symbol}, clientOrderId=named)


def _beside(row: Payload, **fields: Payload) -> Payload:
    """The row with further fields, each group of them behind the field that it is named after."""
    told: Payload = {}
    for name, value in row.items():
        told[name] = value
        if name in fields:
            told |= fields[name]
    return told


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
    terms = _terms(order, instrument)
    return {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order.status,
        "clientOrderId": order.client_order_id,
        "price": price_of(order, instrument),
        "avgPrice": average_text(order.filled_value, order.filled_lots, instrument, instrument.price_text(0)),
        "origQty": instrument.quantity_text(order.lots),
        "executedQty": instrument.quantity_text(order.filled_lots),
        "cumQuote": instrument.value_text(order.filled_value),
        **terms,
        **({} if "priceRate" in terms else _NO_TRAIL),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def all_orders_row(order: Order, instrument: Instrument) -> Payload:
    """A row of allOrders names the pair and the other family's amount too, since 2026-08."""
    return _beside(order_row(order, instrument), symbol={"pair": order.symbol}, cumQuote={"cumBase": ZERO})


_UNCONDITIONAL = Condition("")
#: What queries say of orders that trail nothing.
_NO_TRAIL: Payload = {"activatePrice": "0", "priceRate": "0"}


def _terms(order: Order, instrument: Instrument) -> Payload:
    condition = order.condition or _UNCONDITIONAL
    return {
        "timeInForce": order.time_in_force,
        "type": order.kind,
        "reduceOnly": order.reduce_only,
        "closePosition": condition.close_position,
        "side": SIDE_WORDS[order.side],
        "positionSide": order.position_side,
        "stopPrice": instrument.price_text(condition.trigger_ticks),
        "workingType": condition.working_type,
        "priceProtect": condition.price_protect,
        "origType": condition.kind or order.kind,
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
        "pair": instrument.pair,
        "side": SIDE_WORDS[trade.side],
        "price": instrument.price_text(trade.ticks),
        "qty": instrument.quantity_text(trade.lots),
        "realizedPnl": bare_e8(trade.realised_e8),
        "marginAsset": instrument.quote,
        "quoteQty": instrument.value_text(trade.ticks * trade.lots),
        "baseQty": ZERO,
        "commission": bare_e8(trade.commission_e8),
        "commissionAsset": trade.commission_asset,
        "time": trade.time_ms,
        "positionSide": trade.position_side,
        "buyer": trade.side > 0,
        "maker": trade.is_maker,
    }


_NO_FILL = Execution(trade_id=0, ticks=0, lots=0, commission_e8=0, realised_e8=0, is_maker=False)


def order_trade_update(change: OrderChanged, instrument: Instrument, event_ms: int) -> Payload:
    """The full event of an order that moved. Where nothing was filled the commission is a zero of the margin asset.

    Fields, their order and bare zeros as captured from the venue (2024-01 to 2026-09).
    """
    order, fill = change.order, change.fill.execution if change.fill else _NO_FILL
    condition = order.condition or _UNCONDITIONAL
    changed = {"M": str(change.modify_id)} if change.modify_id is not None else {}
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
            "p": ZERO if order.kind == MARKET else bare_price(order.price_ticks, instrument),
            "ap": average_text(change.filled_value, change.filled_lots, instrument, ZERO),
            "sp": bare_price(condition.trigger_ticks, instrument),
            "x": change.execution_type,
            "X": change.status,
            "i": order.order_id,
            **changed,
            **_filled(change, fill, instrument),
            "b": bare_value(change.bid_notional_e8, instrument),
            "a": bare_value(change.ask_notional_e8, instrument),
            "m": fill.is_maker,
            "R": order.reduce_only,
            "wt": condition.working_type,
            "ot": condition.kind or order.kind,
            "ps": order.position_side,
            "cp": condition.close_position,
            **_trail(condition, instrument, "AP", "cr"),
            "rp": bare_e8(fill.realised_e8),
            "pP": condition.price_protect,
            "si": 0,
            "ss": 0,
            "V": order.self_trade_prevention,
            "pm": order.price_match,
            "gtd": order.good_till_ms,
            "er": str(change.expiry_reason),
        },
    }


def _filled(change: OrderChanged, fill: Execution, instrument: Instrument) -> Payload:
    """What this event filled, and for which fee."""
    return {
        "l": bare_quantity(fill.lots, instrument),
        "z": bare_quantity(change.filled_lots, instrument),
        "L": bare_price(fill.ticks, instrument),
        "n": bare_e8(fill.commission_e8),
        "N": fill.commission_asset if change.fill else instrument.quote,
        "T": change.time_ms,
        "t": fill.trade_id,
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
