"""REST: orders placed, changed, cancelled and looked up."""

from collections.abc import Callable

from connector.simulator.algo_orders import ALGO_KINDS
from connector.simulator.amendments import AmendRequest
from connector.simulator.calls import Call
from connector.simulator.history import page
from connector.simulator.order_payloads import (
    all_orders_row,
    amendment_row,
    modify_ack,
    order_ack,
    order_row,
    user_trade,
)
from connector.simulator.orders import (
    BOTH,
    BUY,
    CANCELED,
    EXPIRE_BOTH,
    EXPIRE_MAKER,
    EXPIRE_TAKER,
    EXPIRED,
    GTC,
    GTD,
    LIMIT,
    LONG,
    MARKET,
    NONE,
    RPI,
    SELL,
    SHORT,
    TIMES_IN_FORCE,
    Order,
    OrderRequest,
)
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import Refusal

SIDES = {"BUY": BUY, "SELL": SELL}
PRICE_MATCHES = (
    "NONE", "OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20",
)  # fmt: skip
#: Of the conditional orders: they left "New order" with the stop types.
CONDITIONAL = ("stopPrice", "activationPrice", "callbackRate")
#: "New order" lists no NONE any more, batch items and algo orders do.
PREVENTIONS = (EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH)
ANY_PREVENTION = (*PREVENTIONS, NONE)
_DAY_MS = 86_400_000
#: How long an order, its trades and changes are found, and an order that ended without a fill.
KEPT_MS, KEPT_UNFILLED_MS = 90 * _DAY_MS, 3 * _DAY_MS
#: 1 s to 24 h would do; the venue names no bound, so that only what no clock can add to is refused.
MOST_COUNTDOWN_MS = 10**15


def request_of(params: Parameters, preventions: tuple[str, ...] = PREVENTIONS) -> OrderRequest:
    """The order that the parameters of "New order" ask for, or what is missing, malformed or too much."""
    symbol = params.text("symbol")
    side = SIDES[params.choice("side", SIDES, -1117)]
    kind = params.text("type")
    if kind in ALGO_KINDS:
        raise Refusal(-4120)
    if kind not in (LIMIT, MARKET):
        raise Refusal(-1116)
    params.refuse(*CONDITIONAL)
    if params.flag("closePosition", default=False):
        raise Refusal(-1106, "closePosition")
    price_match = params.choice("priceMatch", PRICE_MATCHES, -5037, NONE)
    if kind == MARKET:
        params.refuse("price", "timeInForce", "priceMatch", "goodTillDate")
    if price_match != NONE:
        params.refuse("price")
    has_price = kind == LIMIT and price_match == NONE
    time_in_force = params.choice("timeInForce", (*TIMES_IN_FORCE, RPI), -1115) if kind == LIMIT else GTC
    return OrderRequest(
        symbol=symbol,
        side=side,
        kind=kind,
        quantity=params.decimal("quantity"),
        price=params.decimal("price") if has_price else None,
        time_in_force=time_in_force,
        reduce_only=params.flag("reduceOnly", default=False),
        position_side=params.choice("positionSide", (BOTH, LONG, SHORT), -4060, BOTH),
        client_order_id=params.optional("newClientOrderId") or "",
        self_trade_prevention=params.choice("selfTradePreventionMode", preventions, -5039, EXPIRE_MAKER),
        price_match=price_match,
        good_till_ms=good_till_ms(params, time_in_force),
    )


def good_till_ms(params: Parameters, time_in_force: str) -> int:
    """The date of a GTD order, its milliseconds ignored; no other order has one."""
    if time_in_force != GTD:
        params.refuse("goodTillDate")
        return 0
    return params.integer("goodTillDate") // 1000 * 1000


def place(call: Call) -> object:
    """ACK knows the order as it was accepted; RESULT waits for what the book made of a taking order."""
    return place_once(call, call.params, PREVENTIONS, lambda: count_order(call))


def count_order(call: Call) -> None:
    """Counts one order of the account, or refuses it by -1015."""
    call.floor.pace.spend_orders(call.account.account_id, call.now_ms)


def place_once(
    call: Call, params: Parameters, preventions: tuple[str, ...], counted: Callable[[], None] = lambda: None
) -> object:
    """One order; `counted` is called once it is well formed."""
    respond = params.choice("newOrderRespType", ("ACK", "RESULT"), -1136, "ACK")
    request = request_of(params, preventions)
    counted()
    order = call.floor.engine.place(call.account.account_id, request, call.now_ms)
    return order_ack(order, call.floor.engine.listing(order.symbol).instrument, accepted=respond == "ACK")


def modify(call: Call) -> object:
    """A changed order as it stands, pair and the owner's `modifyId` included."""
    return amend_once(call, call.params, lambda: count_order(call))


def amend_once(call: Call, params: Parameters, counted: Callable[[], None] = lambda: None) -> object:
    """One change; `counted` is called once it is well formed."""
    ask = amend_request_of(params)
    counted()
    order = call.floor.engine.amend(call.account.account_id, ask, call.now_ms)
    return modify_ack(order, call.floor.engine.listing(order.symbol).instrument, ask.modify_id)


def amend_request_of(params: Parameters) -> AmendRequest:
    """The change that the parameters of "Modify order" ask for: price and quantity are both needed."""
    order_id, client_id = _names(params)
    price_match = params.choice("priceMatch", PRICE_MATCHES, -5037, NONE)
    if price_match != NONE:
        params.refuse("price")
    return AmendRequest(
        symbol=params.text("symbol"),
        order_id=order_id,
        client_order_id=client_id,
        side=SIDES[params.choice("side", SIDES, -1117)],
        quantity=params.decimal("quantity"),
        price=params.decimal("price") if price_match == NONE else None,
        price_match=price_match,
        reduce_only=params.flag("reduceOnly", default=False),
        modify_id=params.optional_integer("modifyId"),
    )


def amendments(call: Call) -> object:
    """The changes of one order or of a symbol, the latest first."""
    listing = call.listing()
    order_id = call.params.optional_integer("orderId")
    client_id = call.params.optional("origClientOrderId")
    start_ms, end_ms = call.params.window(most_days=7)
    limit = call.params.limit(50, 100)
    history = call.account.amendments.get(listing.symbol)
    if history is None:
        return []
    order = call.account.find(listing.symbol, order_id, client_id)
    names_one = order_id is not None or client_id is not None
    rows = [
        row
        for row in history.found(None, start_ms, end_ms, latest=True)
        if call.now_ms - row.time_ms <= KEPT_MS
        and (not names_one or (order is not None and row.order_id == order.order_id))
    ]
    return [amendment_row(row, listing.instrument) for row in rows[:limit]]


def cancel(call: Call) -> object:
    return cancel_once(call, call.params)


def cancel_once(call: Call, params: Parameters) -> object:
    """One order of the symbol that `params` name."""
    listing = call.floor.engine.listing(params.text("symbol"))
    order_id, client_id = _names(params)
    order = call.floor.engine.cancel(call.account.account_id, listing.symbol, order_id, client_id, call.now_ms)
    return order_ack(order, listing.instrument)


def countdown(call: Call) -> object:
    """Cancels all orders of a symbol when the time is over and no further call came; 0 stops it."""
    symbol, countdown_ms = call.listing().symbol, call.params.integer("countdownTime")
    if countdown_ms > MOST_COUNTDOWN_MS:
        raise Refusal(-1130, "countdownTime")
    call.floor.engine.countdowns.set(call.account.account_id, symbol, countdown_ms, call.now_ms)
    return {"symbol": symbol, "countdownTime": str(countdown_ms)}


def cancel_all(call: Call) -> object:
    call.floor.engine.cancel_all(call.account.account_id, call.listing().symbol, call.now_ms)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def query(call: Call) -> object:
    """An order in whatever state, unless the look-up lags behind it."""
    listing = call.listing()
    order = call.account.find(listing.symbol, *_names(call.params))
    lag_ms = call.floor.faults.standing_ms("not_found_lag")
    if order is None or not _is_kept(order, call.now_ms) or (lag_ms and call.now_ms - order.created_ms < lag_ms):
        raise Refusal(-2013)
    return order_row(order, listing.instrument)


def query_open(call: Call) -> object:
    """An order while it is open."""
    listing = call.listing()
    order = call.account.find(listing.symbol, *_names(call.params))
    if order is None or not order.is_open:
        raise Refusal(-2013)
    return order_row(order, listing.instrument)


def open_orders(call: Call) -> object:
    return [
        order_row(order, listing.instrument)
        for listing in call.listings()
        for order in call.account.orders_of(listing.symbol).values()
    ]


def all_orders(call: Call) -> object:
    """Orders from an id or of a window, or the latest ones, the oldest first."""
    listings = {listing.symbol: listing for listing in call.listings()}
    from_id = call.params.optional_integer("orderId")
    start_ms, end_ms = call.params.window(most_days=7)
    placed = [call.account.placed[symbol] for symbol in listings if symbol in call.account.placed]
    limit = call.params.limit(500, 1000)
    rows = page(placed, limit, from_id=from_id, start_ms=start_ms, end_ms=end_ms, wanted=kept_at(call.now_ms))
    return [all_orders_row(order, listings[order.symbol].instrument) for order in rows]


def kept_at(now_ms: int) -> Callable[[Order], bool]:
    """Whether an order is still found: 90 days, three where it ended without a fill ("All orders")."""
    return lambda order: _is_kept(order, now_ms)


def _is_kept(order: Order, now_ms: int) -> bool:
    ended_unfilled = order.status in (CANCELED, EXPIRED) and not order.filled_lots
    return now_ms - order.created_ms <= (KEPT_UNFILLED_MS if ended_unfilled else KEPT_MS)


def user_trades(call: Call) -> object:
    """Trades of an order, from an id or of a window, or the latest ones, the oldest first."""
    listing = call.listing()
    order_id = call.params.optional_integer("orderId")
    from_id = call.params.optional_integer("fromId")
    start_ms, end_ms = call.params.window(most_days=7)
    if from_id is not None and (start_ms is not None or end_ms is not None):
        raise Refusal(-1128)
    account, symbol = call.account, listing.symbol
    history = account.trades.get(symbol) if order_id is None else account.trades_of_order.get((symbol, order_id))
    asked = [history] if history is not None else []
    limit = call.params.limit(500, 1000)
    rows = page(
        asked,
        limit,
        from_id=from_id,
        start_ms=start_ms,
        end_ms=end_ms,
        wanted=lambda trade: call.now_ms - trade.time_ms <= KEPT_MS,
    )
    return [user_trade(trade, listing.instrument) for trade in rows]


def _names(params: Parameters) -> tuple[int | None, str | None]:
    """By which id an order is meant; one of the two is needed."""
    order_id = params.optional_integer("orderId")
    client_id = params.optional("origClientOrderId")
    if order_id is None and client_id is None:
        raise Refusal(-1102, "orderId")
    return order_id, client_id
