"""REST: orders placed, changed and cancelled."""

from collections.abc import Callable

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.algo_orders import ALGO_KINDS
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import (
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
    NONE,
    RPI,
    SELL,
    SHORT,
    TIMES_IN_FORCE,
    AmendRequest,
    OrderRequest,
)
from connector.simulator.payloads.order_payloads import modify_ack, order_ack
from connector.simulator.rest.request import Request

SIDES = {"BUY": BUY, "SELL": SELL}
PRICE_MATCHES = (
    "NONE", "OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20",
)  # fmt: skip
#: Of the conditional orders: they left "New order" with the stop types.
CONDITIONAL = ("stopPrice", "activationPrice", "callbackRate")
#: "New order" lists no NONE any more; "Test order", batch items and algo orders do.
PREVENTIONS = (EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH)
ANY_PREVENTION = (*PREVENTIONS, NONE)
#: The venue names no bound; later than this no date can be told.
MOST_COUNTDOWN_MS = 10**15


def request_of(params: Parameters, preventions: tuple[str, ...] = PREVENTIONS) -> OrderRequest:
    """The order that the parameters of "New order" ask for, or what is missing, malformed or too much."""
    symbol = params.text("symbol")
    side = SIDES[params.choice("side", SIDES, -1117)]
    kind = params.text("type")
    if kind in ALGO_KINDS:
        raise VenueError(-4120)
    if kind not in (LIMIT, MARKET):
        raise VenueError(-1116)
    params.refuse(*CONDITIONAL)
    if params.flag("closePosition", default=False):
        raise VenueError(-1106, "closePosition")
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
    return params.integer("goodTillDate", least=None) // 1000 * 1000


def place(request: Request) -> object:
    """ACK knows the order as it was accepted; RESULT waits for what the book made of a taking order."""
    return place_once(request, request.params, PREVENTIONS, lambda: count_order(request))


def count_order(request: Request) -> None:
    """Counts one order of the account, or refuses it by -1015."""
    request.runtime.rate_limits.spend_orders(request.account.account_id, request.now_ms)


def place_once(
    request: Request, params: Parameters, preventions: tuple[str, ...], counted: Callable[[], None] = lambda: None
) -> object:
    """One order; `counted` is called once it is well formed."""
    respond = params.choice("newOrderRespType", ("ACK", "RESULT"), -1136, "ACK")
    wanted = request_of(params, preventions)
    counted()
    order = request.engine.place(request.account.account_id, wanted, request.now_ms)
    return order_ack(order, request.engine.listing(order.symbol).instrument, accepted=respond == "ACK")


def modify(request: Request) -> object:
    """A changed order as it stands, pair and the owner's `modifyId` included."""
    return amend_once(request, request.params, lambda: count_order(request))


def amend_once(request: Request, params: Parameters, counted: Callable[[], None] = lambda: None) -> object:
    """One change; `counted` is called once it is well formed."""
    ask = amend_request_of(params)
    counted()
    order = request.engine.amend(request.account.account_id, ask, request.now_ms)
    return modify_ack(order, request.engine.listing(order.symbol).instrument, ask.modify_id)


def amend_request_of(params: Parameters) -> AmendRequest:
    """The change that the parameters of "Modify order" ask for: price and quantity are both needed."""
    order_id, client_id = order_names(params)
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


def cancel(request: Request) -> object:
    return cancel_once(request, request.params)


def cancel_once(request: Request, params: Parameters) -> object:
    """One order of the symbol that `params` name."""
    listing = request.engine.listing(params.text("symbol"))
    order_id, client_id = order_names(params)
    order = request.engine.cancel(request.account.account_id, listing.symbol, order_id, client_id, request.now_ms)
    return order_ack(order, listing.instrument)


def countdown(request: Request) -> object:
    """Cancels all orders of a symbol when the time is over and no further call came; 0 stops it."""
    symbol, countdown_ms = request.listing().symbol, request.params.integer("countdownTime", 0, MOST_COUNTDOWN_MS)
    request.engine.set_countdown(request.account.account_id, symbol, countdown_ms, request.now_ms)
    return {"symbol": symbol, "countdownTime": str(countdown_ms)}


def cancel_all(request: Request) -> object:
    request.engine.cancel_all(request.account.account_id, request.listing().symbol, request.now_ms)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def order_names(params: Parameters) -> tuple[int | None, str | None]:
    """By which id an order is meant; one of the two is needed."""
    order_id = params.optional_integer("orderId")
    client_id = params.optional("origClientOrderId")
    if order_id is None and client_id is None:
        raise VenueError(-1102, "orderId")
    return order_id, client_id
