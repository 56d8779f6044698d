"""REST: balances, positions, income, settings and listen keys."""

from connector.simulator import account_payloads as told
from connector.simulator.calls import Call
from connector.simulator.history import page
from connector.simulator.instrument_payloads import leverage_brackets
from connector.simulator.margin import Charge, charges
from connector.simulator.pace import ORDERS_PER_10S, ORDERS_PER_MINUTE
from connector.simulator.refusals import Refusal

SUCCESS = {"code": 200, "msg": "success"}


def _charges(call: Call) -> dict[tuple[str, str], Charge]:
    return charges(call.account, call.floor.engine.listings.values())


def balance(call: Call) -> object:
    return told.balances(call.account, _charges(call))


def account(call: Call) -> object:
    return told.account_information(call.account, _charges(call), call.floor.engine.listings)


def position_risk(call: Call) -> object:
    symbol = call.listing().symbol if call.names_symbol else None
    return told.position_risk(call.account, _charges(call), call.floor.engine.listings, symbol)


def account_config(call: Call) -> object:
    return told.account_config(call.account)


def symbol_config(call: Call) -> object:
    return [told.symbol_config(call.account, listing.instrument) for listing in call.listings()]


def commission_rate(call: Call) -> object:
    return told.commission_rate(call.listing().instrument)


def brackets(call: Call) -> object:
    return [leverage_brackets(listing.instrument) for listing in call.listings()]


def income(call: Call) -> object:
    """Booked items of a window, or the latest ones, the oldest first; paged by time alone."""
    symbol, kind = call.params.optional("symbol"), call.params.optional("incomeType")
    start_ms, end_ms = call.params.window(most_days=100)
    rows = page(call.account.income_of(kind, symbol), call.params.limit(100, 1000), start_ms=start_ms, end_ms=end_ms)
    return [told.income_row(record) for record in rows]


def set_leverage(call: Call) -> object:
    symbol, leverage = call.params.text("symbol"), call.params.integer("leverage")
    engine = call.floor.engine
    cap = engine.set_leverage(call.account.account_id, symbol, leverage, call.now_ms)
    return {"symbol": symbol, "leverage": leverage, "maxNotionalValue": str(cap)}


def position_mode(call: Call) -> object:
    return {"dualSidePosition": call.account.hedge}


def set_position_mode(call: Call) -> object:
    call.floor.engine.set_hedge(call.account.account_id, call.params.flag("dualSidePosition"))
    return SUCCESS


def multi_assets(call: Call) -> object:
    return {"multiAssetsMargin": False}


def order_limits(call: Call) -> object:
    """The account's own order limits."""
    return [
        {"rateLimitType": "ORDERS", "interval": interval, "intervalNum": number, "limit": limit}
        for interval, number, limit in (("SECOND", 10, ORDERS_PER_10S), ("MINUTE", 1, ORDERS_PER_MINUTE))
    ]


def create_listen_key(call: Call) -> object:
    return {"listenKey": call.floor.listen_keys.create(call.account.account_id, call.now_ms)}


def extend_listen_key(call: Call) -> object:
    key = call.floor.listen_keys.extend(call.account.account_id, call.now_ms)
    if key is None:
        raise Refusal(-1125)
    return {"listenKey": key}


def delete_listen_key(call: Call) -> object:
    """Ends the key for everybody who listens with it."""
    key = call.floor.listen_keys.delete(call.account.account_id)
    if key is None:
        raise Refusal(-1125)
    call.floor.end_listen_key(key)
    return {}
