"""REST: conditional orders placed, cancelled and looked up; and orders that are only checked."""

from decimal import Decimal

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.algo_book import AlgoBook
from connector.simulator.accounts.algo_orders import ALGO_KINDS, GTE_GTC, LIMIT_KINDS, TRAILING, AlgoOrder, AlgoRequest
from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.market.orders import (
    BOTH,
    CONTRACT_PRICE,
    EXPIRE_MAKER,
    GTC,
    LONG,
    MARK_PRICE,
    NONE,
    RPI,
    SHORT,
    TIMES_IN_FORCE,
    Order,
    OrderRequest,
)
from connector.simulator.matching.admission import Admitted
from connector.simulator.matching.order_placement import drafted
from connector.simulator.payloads.algo_payloads import CONDITIONAL, algo_ack, algo_cancelled, algo_listed, algo_row
from connector.simulator.payloads.order_payloads import test_ack
from connector.simulator.rest.order_lookups import KEPT_MS, KEPT_UNFILLED_MS
from connector.simulator.rest.order_routes import (
    ANY_PREVENTION,
    PRICE_MATCHES,
    SIDES,
    count_order,
    good_till_ms,
    request_of,
)
from connector.simulator.rest.request import Request

#: What "Test order" still calls by the names that conditional orders had on the order endpoint.
OLD_NAMES = {"stopPrice": "triggerPrice", "activationPrice": "activatePrice", "newClientOrderId": "clientAlgoId"}


def place(request: Request) -> object:
    """A conditional order as it was accepted."""
    if request.params.text("algoType") != CONDITIONAL:
        raise VenueError(-1130, "algoType")
    request.params.choice("newOrderRespType", ("ACK", "RESULT"), -1136, "ACK")
    wanted = algo_request_of(request.params)
    count_order(request)
    order = request.engine.place_algo(request.account.account_id, wanted, request.now_ms)
    return algo_ack(order, request.engine.listing(order.symbol).instrument)


def check(request: Request) -> object:
    """Checks an order as if it were placed; stop types are checked as conditional orders."""
    engine = request.engine
    if request.params.text("type") in ALGO_KINDS:
        wanted = algo_request_of(request.params.renamed(OLD_NAMES))
        order = _as_order(engine.algos.check(request.account, wanted, request.now_ms), request)
    else:
        order = engine.check(request.account.account_id, request_of(request.params, ANY_PREVENTION), request.now_ms)
    return test_ack(order, engine.listing(order.symbol).instrument)


def _as_order(algo: AlgoOrder, request: Request) -> Order:
    """A conditional order in the shape of the orders that it once was one of."""
    asked = algo.request
    wanted = OrderRequest(
        asked.symbol,
        asked.side,
        asked.kind,
        Decimal(0),
        time_in_force=asked.time_in_force,
        reduce_only=asked.reduce_only,
        position_side=asked.position_side,
        client_order_id=asked.client_algo_id,
        self_trade_prevention=asked.self_trade_prevention,
        price_match=asked.price_match,
        good_till_ms=asked.good_till_ms,
    )
    order = drafted(wanted, Admitted(algo.price_ticks, algo.lots, False), 0, request.account, request.now_ms)
    order.condition = algo.condition
    return order


def cancel(request: Request) -> object:
    algo_id, client_id = _names(request.params)
    return algo_cancelled(request.engine.cancel_algo(request.account.account_id, algo_id, client_id, request.now_ms))


def cancel_all(request: Request) -> object:
    """Those of a symbol that are not triggered yet."""
    request.engine.cancel_algos(request.account.account_id, request.params.text("symbol"), request.now_ms)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def query(request: Request) -> object:
    order = _book(request).find(*_names(request.params))
    if order is None or not _is_kept(order, request.now_ms):
        raise VenueError(-2013)
    return algo_row(order, request.engine.listing(order.symbol).instrument)


def open_orders(request: Request) -> object:
    """Those that are not triggered yet, of one symbol or of all."""
    kind, algo_id = request.params.optional("algoType"), request.params.optional_integer("algoId")
    symbol = request.listing().symbol if request.params.optional("symbol") else None
    if kind not in (None, CONDITIONAL):
        return []
    return [_listed(request, order) for order in _book(request).open_of(symbol) if algo_id in (None, order.algo_id)]


def all_orders(request: Request) -> object:
    """Those of a symbol from an id or of a window, or the latest ones, the oldest first."""
    listing, from_id = request.listing(), request.params.optional_integer("algoId")
    start_ms, end_ms = request.params.window(most_days=7)
    limit = request.params.limit(500, 1000)
    history = _book(request).placed.get(listing.symbol)
    rows = page(
        [history],
        limit,
        from_id=from_id,
        start_ms=start_ms,
        end_ms=end_ms,
        wanted=lambda order: _is_kept(order, request.now_ms),
    )
    return [_listed(request, order) for order in rows]


def algo_request_of(params: Parameters) -> AlgoRequest:
    """The conditional order that the parameters ask for, or what is missing, malformed or too much."""
    kind = params.text("type")
    if kind not in ALGO_KINDS:
        raise VenueError(-1116)
    closes = params.flag("closePosition", default=False)
    price_match = params.choice("priceMatch", PRICE_MATCHES, -5037, NONE)
    if kind not in LIMIT_KINDS or price_match != NONE:
        params.refuse("price")
    params.refuse(*(("triggerPrice",) if kind == TRAILING else ("activatePrice", "callbackRate")))
    if closes:
        params.refuse("reduceOnly")
    time_in_force = params.choice("timeInForce", (*TIMES_IN_FORCE, RPI, GTE_GTC), -1115, GTC)
    return AlgoRequest(
        symbol=params.text("symbol"),
        side=SIDES[params.choice("side", SIDES, -1117)],
        kind=kind,
        quantity=_quantity(params, closes),
        price=params.decimal("price") if kind in LIMIT_KINDS and price_match == NONE else None,
        trigger_price=None if kind == TRAILING else params.decimal("triggerPrice"),
        time_in_force=time_in_force,
        working_type=params.choice("workingType", (CONTRACT_PRICE, MARK_PRICE), -4031, CONTRACT_PRICE),
        price_match=price_match,
        close_position=closes,
        price_protect=params.flag("priceProtect", default=False),
        reduce_only=params.flag("reduceOnly", default=False),
        activate_price=params.optional_decimal("activatePrice"),
        callback_rate=params.decimal("callbackRate") if kind == TRAILING else None,
        client_algo_id=params.optional("clientAlgoId") or "",
        self_trade_prevention=params.choice("selfTradePreventionMode", ANY_PREVENTION, -5039, EXPIRE_MAKER),
        good_till_ms=good_till_ms(params, time_in_force),
        position_side=params.choice("positionSide", (BOTH, LONG, SHORT), -4060, BOTH),
    )


def _quantity(params: Parameters, closes: bool) -> Decimal | None:
    """Needed but where a whole position is closed; a zero sent there is none."""
    if not closes:
        return params.decimal("quantity")
    sent = params.optional_decimal("quantity")
    return sent or None


def _book(request: Request) -> AlgoBook:
    return request.engine.algos.book(request.account)


def _listed(request: Request, order: AlgoOrder) -> object:
    return algo_listed(order, request.engine.listing(order.symbol).instrument)


def _is_kept(order: AlgoOrder, now_ms: int) -> bool:
    """As with orders: 90 days, three where it ended without a child."""
    is_lost = order.status in ("CANCELED", "EXPIRED")
    return now_ms - order.created_ms <= (KEPT_UNFILLED_MS if is_lost else KEPT_MS)


def _names(params: Parameters) -> tuple[int | None, str | None]:
    """By which id an order is meant; one of the two is needed."""
    algo_id, client_id = params.optional_integer("algoId"), params.optional("clientAlgoId")
    if algo_id is None and client_id is None:
        raise VenueError(-1102, "algoId")
    return algo_id, client_id
