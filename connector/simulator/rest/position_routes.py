"""REST: positions, their margin and modes, and what the exchange forces on them."""

from connector.simulator.accounts.records import ADDED, ADL, LIQUIDATION, REDUCED
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import to_e8
from connector.simulator.history import page
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, LONG, SHORT
from connector.simulator.payloads import position_payloads as told
from connector.simulator.rest.account_routes import SUCCESS, statement
from connector.simulator.rest.request import Request

DAY_MS = 86_400_000
MARGIN_TYPES = {"ISOLATED": True, "CROSSED": False}
MARGIN_MOVES = {"1": ADDED, "2": REDUCED}
#: Force orders of a week are told unless a start says otherwise, of 90 days at most.
FORCED_DAYS, FORCED_WINDOW_DAYS = 90, 7


def position_risk(call: Request) -> object:
    return told.position_risk(statement(call), _symbol(call))


def position_risk_v2(call: Request) -> object:
    return told.position_risk_v2(statement(call), _symbol(call))


def set_leverage(call: Request) -> object:
    symbol, leverage = call.params.text("symbol"), call.params.integer("leverage")
    cap = call.runtime.engine.set_leverage(call.account.account_id, symbol, leverage, call.now_ms)
    return {"symbol": symbol, "leverage": leverage, "maxNotionalValue": str(cap)}


def set_margin_type(call: Request) -> object:
    listing = call.listing()
    kind = call.params.text("marginType")
    if kind not in MARGIN_TYPES:
        raise VenueError(-1130, "marginType")
    call.runtime.engine.set_isolated(call.account.account_id, listing.symbol, MARGIN_TYPES[kind], call.now_ms)
    return SUCCESS


def position_mode(call: Request) -> object:
    return {"dualSidePosition": call.account.hedge}


def set_position_mode(call: Request) -> object:
    call.runtime.engine.set_hedge(call.account.account_id, call.params.flag("dualSidePosition"))
    return SUCCESS


def move_margin(call: Request) -> object:
    """Gives margin to an isolated position (type 1) or takes it back (type 2)."""
    listing, amount = call.listing(), call.params.decimal("amount")
    kind = call.params.text("type")
    if kind not in MARGIN_MOVES:
        raise VenueError(-1130, "type")
    side = call.params.choice("positionSide", (BOTH, LONG, SHORT), -4060, BOTH)
    amount_e8 = to_e8(amount)
    account_id, move = call.account.account_id, MARGIN_MOVES[kind]
    call.runtime.engine.move_margin(account_id, listing.symbol, side, move, amount_e8, call.now_ms)
    words = {ADDED: "add", REDUCED: "reduce"}[MARGIN_MOVES[kind]]
    return {
        "amount": float(amount),
        "code": 200,
        "msg": f"Successfully {words} position margin.",
        "type": MARGIN_MOVES[kind],
    }


def margin_history(call: Request) -> object:
    """What the owner gave to isolated positions of a symbol or took back, the oldest first."""
    listing = call.listing()
    kind = call.params.optional("type")
    if kind is not None and kind not in MARGIN_MOVES:
        raise VenueError(-1130, "type")
    start_ms, end_ms = call.params.window(most_days=30)
    history = call.account.margin_moves.get(listing.symbol)
    limit = call.params.limit(500, 500)
    rows = page([history], limit, start_ms=start_ms, end_ms=end_ms)
    return [told.margin_move_row(move) for move in rows if kind is None or move.kind == MARGIN_MOVES[kind]]


def adl_quantiles(call: Request) -> object:
    """A list: of the symbol's row, or of one for each that is held."""
    said = statement(call)
    rows = call.listings() if call.names_symbol else [row for row in call.listings() if call.account.holds(row.symbol)]
    return [told.adl_quantile_row(said, listing.symbol) for listing in rows]


def forced_orders(call: Request) -> object:
    """Orders by which the exchange closed positions of the account, the oldest first."""
    symbol = _symbol(call)
    cause = call.params.optional("autoCloseType")
    if cause not in (None, LIQUIDATION, ADL):
        raise VenueError(-1130, "autoCloseType")
    start_ms, end_ms = call.params.window(FORCED_WINDOW_DAYS)
    oldest_ms = call.now_ms - (FORCED_WINDOW_DAYS if start_ms is None else FORCED_DAYS) * DAY_MS
    since_ms = max(oldest_ms, start_ms or 0)
    rows = [
        forced
        for forced in call.account.forced
        if symbol in (None, forced.order.symbol)
        and cause in (None, forced.cause)
        and since_ms <= forced.order.created_ms
        and (end_ms is None or forced.order.created_ms <= end_ms)
    ]
    limit = call.params.limit(50, 100)
    kept = rows[-limit:] if start_ms is None else rows[:limit]
    engine = call.runtime.engine
    return [told.forced_order_row(row, engine.listing(row.order.symbol).instrument) for row in kept]


def adl_risk(call: Request) -> object:
    """How near a symbol is to auto-deleveraging, of one symbol or of all."""
    rows = [_adl_risk(call, listing) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def insurance_balance(call: Request) -> object:
    """What stands behind a symbol, or behind each group of symbols: one fund stands behind all."""
    engine = call.runtime.engine
    named = call.listing() if call.names_symbol else None
    fund = engine.risk.fund
    assets = fund.account.wallets if named is None else [named.instrument.quote]
    row = told.insurance_row(engine.listings, fund, list(assets), call.now_ms)
    return [row] if named is None else row


def _adl_risk(call: Request, listing: Listing) -> object:
    return told.adl_risk_row(listing.symbol, call.runtime.engine.risk.adl_rating(listing), call.now_ms)


def _symbol(call: Request) -> str | None:
    return call.listing().symbol if call.names_symbol else None
