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


def place(call: Request) -> object:
    """A conditional order as it was accepted."""
    if call.params.text("algoType") != CONDITIONAL:
        raise VenueError(-1130, "algoType")
    call.params.choice("newOrderRespType", ("ACK", "RESULT"), -1136, "ACK")
    request = algo_request_of(call.params)
    count_order(call)
    order = call.runtime.engine.place_algo(call.account.account_id, request, call.now_ms)
    return algo_ack(order, call.runtime.engine.listing(order.symbol).instrument)


def check(call: Request) -> object:
    """Checks an order as if it were placed; stop types are checked as conditional orders."""
    engine = call.runtime.engine
    if call.params.text("type") in ALGO_KINDS:
        request = algo_request_of(call.params.renamed(OLD_NAMES))
        order = _as_order(engine.algos.check(call.account, request, call.now_ms), call)
    else:
        order = engine.check(call.account.account_id, request_of(call.params, ANY_PREVENTION), call.now_ms)
    return test_ack(order, engine.listing(order.symbol).instrument)


def _as_order(algo: AlgoOrder, call: Request) -> Order:
    """A conditional order in the shape of the orders that it once was one of."""
    asked = algo.request
    request = OrderRequest(
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
    order = drafted(request, Admitted(algo.price_ticks, algo.lots, False), 0, call.account, call.now_ms)
    order.condition = algo.condition
    return order


def cancel(call: Request) -> object:
    algo_id, client_id = _names(call.params)
    return algo_cancelled(call.runtime.engine.cancel_algo(call.account.account_id, algo_id, client_id, call.now_ms))


def cancel_all(call: Request) -> object:
    """Those of a symbol that are not triggered yet."""
    call.runtime.engine.cancel_algos(call.account.account_id, call.params.text("symbol"), call.now_ms)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def query(call: Request) -> object:
    order = _book(call).find(*_names(call.params))
    if order is None or not _is_kept(order, call.now_ms):
        raise VenueError(-2013)
    return algo_row(order, call.runtime.engine.listing(order.symbol).instrument)


def open_orders(call: Request) -> object:
    """Those that are not triggered yet, of one symbol or of all."""
    kind, algo_id = call.params.optional("algoType"), call.params.optional_integer("algoId")
    symbol = call.listing().symbol if call.params.optional("symbol") else None
    if kind not in (None, CONDITIONAL):
        return []
    return [_listed(call, order) for order in _book(call).open_of(symbol) if algo_id in (None, order.algo_id)]


def all_orders(call: Request) -> object:
    """Those of a symbol from an id or of a window, or the latest ones, the oldest first."""
    listing, from_id = call.listing(), call.params.optional_integer("algoId")
    start_ms, end_ms = call.params.window(most_days=7)
    limit = call.params.limit(500, 1000)
    history = _book(call).placed.get(listing.symbol)
    rows = page(
        [history],
        limit,
        from_id=from_id,
        start_ms=start_ms,
        end_ms=end_ms,
        wanted=lambda order: _is_kept(order, call.now_ms),
    )
    return [_listed(call, order) for order in rows]


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


def _book(call: Request) -> AlgoBook:
    return call.runtime.engine.algos.book(call.account)


def _listed(call: Request, order: AlgoOrder) -> object:
    return algo_listed(order, call.runtime.engine.listing(order.symbol).instrument)


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
