"""REST: orders placed, cancelled and looked up."""

from connector.simulator.calls import Call
from connector.simulator.history import page
from connector.simulator.order_payloads import all_orders_row, order_ack, order_row, user_trade
from connector.simulator.orders import (
    BOTH,
    BUY,
    EXPIRE_BOTH,
    EXPIRE_MAKER,
    EXPIRE_TAKER,
    GTC,
    GTD,
    LIMIT,
    LONG,
    MARKET,
    SELL,
    SHORT,
    TIMES_IN_FORCE,
    OrderRequest,
)
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import Refusal

#: These moved to the algo service on 2025-12-09.
STOP_TYPES = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")
SIDES = {"BUY": BUY, "SELL": SELL}
PRICE_MATCHES = (
    "NONE", "OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20",
)  # fmt: skip
#: Of the conditional orders: they left "New order" with the stop types.
CONDITIONAL = ("stopPrice", "activationPrice", "callbackRate")
PREVENTIONS = (EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH)


def request_of(params: Parameters) -> OrderRequest:
    """The order that the parameters of "New order" ask for, or what is missing, malformed or too much."""
    symbol = params.text("symbol")
    side = SIDES[params.choice("side", SIDES, -1117)]
    kind = params.text("type")
    if kind in STOP_TYPES:
        raise Refusal(-4120)
    if kind not in (LIMIT, MARKET):
        raise Refusal(-1116)
    params.refuse(*CONDITIONAL)
    if params.flag("closePosition", default=False):
        raise Refusal(-1106, "closePosition")
    price_match = params.choice("priceMatch", PRICE_MATCHES, -5037, "NONE")
    if kind == MARKET:
        params.refuse("price", "timeInForce", "priceMatch", "goodTillDate")
    if price_match != "NONE":
        params.refuse("price")
    has_price = kind == LIMIT and price_match == "NONE"
    time_in_force = params.choice("timeInForce", TIMES_IN_FORCE, -1115) if kind == LIMIT else GTC
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
        self_trade_prevention=params.choice("selfTradePreventionMode", PREVENTIONS, -5039, EXPIRE_MAKER),
        price_match=price_match,
        good_till_ms=_good_till_ms(params, time_in_force),
    )


def _good_till_ms(params: Parameters, time_in_force: str) -> int:
    """The date of a GTD order, its milliseconds ignored; no other order has one."""
    if time_in_force != GTD:
        params.refuse("goodTillDate")
        return 0
    return params.integer("goodTillDate") // 1000 * 1000


def place(call: Call) -> object:
    """ACK knows the order as it was accepted; RESULT waits for what the book made of a taking order."""
    engine, account = call.floor.engine, call.account
    respond = call.params.choice("newOrderRespType", ("ACK", "RESULT"), -1136, "ACK")
    request = request_of(call.params)
    call.floor.pace.spend_orders(account.account_id, call.now_ms)
    order = engine.place(account.account_id, request, call.now_ms)
    return order_ack(order, engine.listing(order.symbol).instrument, accepted=respond == "ACK")


def cancel(call: Call) -> object:
    listing = call.listing()
    order_id, client_id = _names(call.params)
    engine = call.floor.engine
    order = engine.cancel(call.account.account_id, listing.symbol, order_id, client_id, call.now_ms)
    return order_ack(order, listing.instrument)


def cancel_all(call: Call) -> object:
    call.floor.engine.cancel_all(call.account.account_id, call.listing().symbol, call.now_ms)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def query(call: Call) -> object:
    """An order in whatever state, unless the look-up lags behind it."""
    listing = call.listing()
    order = call.account.find(listing.symbol, *_names(call.params))
    lag_ms = call.floor.faults.standing_ms("not_found_lag")
    if order is None or (lag_ms and call.now_ms - order.created_ms < lag_ms):
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
    rows = page(placed, call.params.limit(500, 1000), from_id=from_id, start_ms=start_ms, end_ms=end_ms)
    return [all_orders_row(order, listings[order.symbol].instrument) for order in rows]


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
    rows = page(asked, call.params.limit(500, 1000), from_id=from_id, start_ms=start_ms, end_ms=end_ms)
    return [user_trade(trade, listing.instrument) for trade in rows]


def _names(params: Parameters) -> tuple[int | None, str | None]:
    """By which id an order is meant; one of the two is needed."""
    order_id = params.optional_integer("orderId")
    client_id = params.optional("origClientOrderId")
    if order_id is None and client_id is None:
        raise Refusal(-1102, "orderId")
    return order_id, client_id
