"""REST: positions, their margin and modes, and what the exchange forces on them."""

from connector.simulator.accounts.records import ADDED, ADL, LIQUIDATION, REDUCED
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import to_e8
from connector.simulator.history import page
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, LONG, SHORT
from connector.simulator.payloads import position_payloads
from connector.simulator.rest.account_routes import SUCCESS, snapshot_of
from connector.simulator.rest.request import Request

DAY_MS = 86_400_000
MARGIN_TYPES = {"ISOLATED": True, "CROSSED": False}
MARGIN_MOVES = {"1": ADDED, "2": REDUCED}
#: Force orders of a week are told unless a start says otherwise, of 90 days at most.
FORCED_DAYS, FORCED_WINDOW_DAYS = 90, 7


def position_risk(request: Request) -> object:
    return position_payloads.position_risk(snapshot_of(request), _symbol(request))


def position_risk_v2(request: Request) -> object:
    return position_payloads.position_risk_v2(snapshot_of(request), _symbol(request))


def set_leverage(request: Request) -> object:
    symbol, leverage = request.params.text("symbol"), request.params.integer("leverage", least=None)
    cap = request.engine.set_leverage(request.account.account_id, symbol, leverage, request.now_ms)
    return {"symbol": symbol, "leverage": leverage, "maxNotionalValue": str(cap)}


def set_margin_type(request: Request) -> object:
    listing = request.listing()
    kind = request.params.text("marginType")
    if kind not in MARGIN_TYPES:
        raise VenueError(-1130, "marginType")
    request.engine.set_isolated(request.account.account_id, listing.symbol, MARGIN_TYPES[kind], request.now_ms)
    return SUCCESS


def position_mode(request: Request) -> object:
    return {"dualSidePosition": request.account.hedge}


def set_position_mode(request: Request) -> object:
    request.engine.set_hedge(request.account.account_id, request.params.flag("dualSidePosition"))
    return SUCCESS


def move_margin(request: Request) -> object:
    """Gives margin to an isolated position (type 1) or takes it back (type 2)."""
    listing, amount = request.listing(), request.params.decimal("amount")
    kind = request.params.text("type")
    if kind not in MARGIN_MOVES:
        raise VenueError(-1130, "type")
    side = request.params.choice("positionSide", (BOTH, LONG, SHORT), -4060, BOTH)
    amount_e8 = to_e8(amount)
    account_id, move = request.account.account_id, MARGIN_MOVES[kind]
    request.engine.move_margin(account_id, listing.symbol, side, move, amount_e8, request.now_ms)
    words = {ADDED: "add", REDUCED: "reduce"}[MARGIN_MOVES[kind]]
    return {
        "amount": float(amount),
        "code": 200,
        "msg": f"Successfully {words} position margin.",
        "type": MARGIN_MOVES[kind],
    }


def margin_history(request: Request) -> object:
    """What the owner gave to isolated positions of a symbol or took back, the oldest first."""
    listing = request.listing()
    kind = request.params.optional("type")
    if kind is not None and kind not in MARGIN_MOVES:
        raise VenueError(-1130, "type")
    start_ms, end_ms = request.params.window(most_days=30)
    history = request.account.margin_moves.get(listing.symbol)
    limit = request.params.limit(500, 500)
    rows = page([history], limit, start_ms=start_ms, end_ms=end_ms)
    return [position_payloads.margin_move_row(move) for move in rows if kind is None or move.kind == MARGIN_MOVES[kind]]


def adl_quantiles(request: Request) -> object:
    """A list: of the symbol's row, or of one for each that is held."""
    snapshot = snapshot_of(request)
    rows = (
        request.listings()
        if request.names_symbol
        else [row for row in request.listings() if request.account.holds(row.symbol)]
    )
    return [position_payloads.adl_quantile_row(snapshot, listing.symbol) for listing in rows]


def forced_orders(request: Request) -> object:
    """Orders by which the exchange closed positions of the account, the oldest first."""
    symbol = _symbol(request)
    cause = request.params.optional("autoCloseType")
    if cause not in (None, LIQUIDATION, ADL):
        raise VenueError(-1130, "autoCloseType")
    start_ms, end_ms = request.params.window(FORCED_WINDOW_DAYS)
    oldest_ms = request.now_ms - (FORCED_WINDOW_DAYS if start_ms is None else FORCED_DAYS) * DAY_MS
    since_ms = max(oldest_ms, start_ms or 0)
    rows = [
        forced
        for forced in request.account.forced
        if symbol in (None, forced.order.symbol)
        and cause in (None, forced.cause)
        and since_ms <= forced.order.created_ms
        and (end_ms is None or forced.order.created_ms <= end_ms)
    ]
    limit = request.params.limit(50, 100)
    kept = rows[-limit:] if start_ms is None else rows[:limit]
    engine = request.engine
    return [position_payloads.forced_order_row(row, engine.listing(row.order.symbol).instrument) for row in kept]


def adl_risk(request: Request) -> object:
    """How near a symbol is to auto-deleveraging, of one symbol or of all."""
    rows = [_adl_risk(request, listing) for listing in request.listings()]
    return rows[0] if request.names_symbol else rows


def insurance_balance(request: Request) -> object:
    """What stands behind a symbol, or behind all of them: each margin asset has a fund."""
    engine = request.engine
    listings = [request.listing()] if request.names_symbol else list(engine.listings.values())
    assets = list(dict.fromkeys(listing.instrument.quote for listing in listings))
    row = position_payloads.insurance_row(engine.listings, engine.risk_monitor.fund, assets, request.now_ms)
    return row if request.names_symbol else [row]


def _adl_risk(request: Request, listing: Listing) -> object:
    return position_payloads.adl_risk_row(
        listing.symbol, request.engine.risk_monitor.adl_rating(listing), request.now_ms
    )


def _symbol(request: Request) -> str | None:
    return request.listing().symbol if request.names_symbol else None
