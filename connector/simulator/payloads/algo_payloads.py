"""Conditional orders as REST and the user stream tell them ("Algo orders", "Algo order update")."""

from connector.simulator.accounts.algo_orders import TRAILING, AlgoOrder, Status
from connector.simulator.accounts.events import AlgoChanged
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import SIDE_WORDS, Order
from connector.simulator.payloads.order_payloads import Payload, callback_text
from connector.simulator.payloads.spelling import ZERO, average_text, bare_price, bare_quantity

CONDITIONAL = "CONDITIONAL"


def algo_ack(order: AlgoOrder, instrument: Instrument) -> Payload:
    """The answer to a new conditional order: activation price and callback rate are empty but for trailing stops."""
    trail = _trail(order, instrument) or {"activatePrice": "", "callbackRate": ""}
    return {**_head(order, instrument), **_terms(order, instrument), **trail, **_times(order)}


def algo_row(order: AlgoOrder, instrument: Instrument, exits: Payload | None = None) -> Payload:
    """The answer to queries: of the child there is nothing but an empty id before the trigger."""
    child: Payload = {"actualOrderId": ""}
    if order.child is not None:
        filled = order.child.filled_value, order.child.filled_lots
        child = {
            "actualOrderId": str(order.child.order_id),
            "actualPrice": average_text(*filled, instrument, unfilled=instrument.value_text(0)),
            "actualType": order.child.kind,
            "actualQty": instrument.quantity_text(order.child.filled_lots),
        }
    return {
        **_head(order, instrument),
        **child,
        **_terms(order, instrument, {**(exits or {}), "tpOrderType": ""}),
        **_trail(order, instrument),
        **_times(order),
    }


def algo_listed(order: AlgoOrder, instrument: Instrument) -> Payload:
    """A row of the lists: they name the prices of attached exits too, which no conditional order here has."""
    none = instrument.price_text(0)
    exits: Payload = {"tpTriggerPrice": none, "tpPrice": none, "slTriggerPrice": none, "slPrice": none}
    return algo_row(order, instrument, exits)


def algo_cancelled(order: AlgoOrder) -> Payload:
    """The answer to a cancel: the code is a text here."""
    return {"algoId": order.algo_id, "clientAlgoId": order.client_algo_id, "code": "200", "msg": "success"}


def algo_update(change: AlgoChanged, instrument: Instrument, event_ms: int) -> Payload:
    """The event of a conditional order that moved. TRIGGERING says nothing of a child (captured 2025-12-11)."""
    order, request, condition = change.order, change.order.request, change.order.condition
    child = None if change.status in (Status.NEW, Status.TRIGGERING) else order.child
    tells_child = change.status != Status.TRIGGERING
    return {
        "e": "ALGO_UPDATE",
        "T": change.time_ms,
        "E": event_ms,
        "o": {
            "caid": order.client_algo_id,
            "aid": order.algo_id,
            "at": CONDITIONAL,
            "o": request.kind,
            "s": order.symbol,
            "S": SIDE_WORDS[request.side],
            "ps": request.position_side,
            "f": request.time_in_force,
            "q": bare_quantity(order.lots, instrument),
            "X": change.status,
            "ai": str(child.order_id) if child else "",
            **(_filled(change, child, instrument) if tells_child else {}),
            "tp": bare_price(condition.trigger_ticks, instrument),
            "p": bare_price(order.price_ticks, instrument),
            "V": request.self_trade_prevention,
            "wt": request.working_type,
            "pm": request.price_match,
            "cp": request.close_position,
            "pP": request.price_protect,
            "R": request.reduce_only,
            "tt": order.trigger_ms,
            "gtd": request.good_till_ms,
            **({"rm": order.reason if change.status == Status.REJECTED else ""} if tells_child else {}),
            "ia": change.armed,
        },
    }


def _filled(change: AlgoChanged, child: Order | None, instrument: Instrument) -> Payload:
    """What the child filled by then, and its type."""
    return {
        "ap": average_text(change.filled_value, change.filled_lots, instrument, ZERO),
        "aq": bare_quantity(change.filled_lots, instrument),
        "act": child.kind if child else ZERO,
    }


def _head(order: AlgoOrder, instrument: Instrument) -> Payload:
    request = order.request
    return {
        "algoId": order.algo_id,
        "clientAlgoId": order.client_algo_id,
        "algoType": CONDITIONAL,
        "orderType": request.kind,
        "symbol": order.symbol,
        "side": SIDE_WORDS[request.side],
        "positionSide": request.position_side,
        "timeInForce": request.time_in_force,
        "quantity": instrument.quantity_text(order.lots),
        "algoStatus": order.status,
    }


def _terms(order: AlgoOrder, instrument: Instrument, attached: Payload | None = None) -> Payload:
    """What was asked for; `attached` is what queries tell of attached exits."""
    request = order.request
    return {
        "triggerPrice": instrument.price_text(order.condition.trigger_ticks),
        "price": instrument.price_text(order.price_ticks),
        "icebergQuantity": None,
        **(attached or {}),
        "selfTradePreventionMode": request.self_trade_prevention,
        "workingType": request.working_type,
        "priceMatch": request.price_match,
        "closePosition": request.close_position,
        "priceProtect": request.price_protect,
        "reduceOnly": request.reduce_only,
    }


def _trail(order: AlgoOrder, instrument: Instrument) -> Payload:
    if order.request.kind != TRAILING:
        return {}
    return {
        "activatePrice": instrument.price_text(order.condition.activate_ticks),
        "callbackRate": callback_text(order.condition.callback_e4),
    }


def _times(order: AlgoOrder) -> Payload:
    return {
        "createTime": order.created_ms,
        "updateTime": order.updated_ms,
        "triggerTime": order.trigger_ms,
        "goodTillDate": order.request.good_till_ms,
    }
