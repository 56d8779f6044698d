"""REST: balances, income, settings of the account, and listen keys."""

from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.payloads import account_payloads as told
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.instrument_payloads import leverage_brackets
from connector.simulator.rest.request import Request

SUCCESS = {"code": 200, "msg": "success"}
#: Three months of income can be asked for.
INCOME_DAYS = 100


def statement(call: Request) -> AccountSnapshot:
    return AccountSnapshot(call.account, call.runtime.engine)


def balance(call: Request) -> object:
    return told.balances(statement(call))


def account(call: Request) -> object:
    return told.account_information(statement(call))


def account_v2(call: Request) -> object:
    return told.account_information_v2(statement(call))


def account_config(call: Request) -> object:
    return told.account_config(call.account)


def symbol_config(call: Request) -> object:
    return [told.symbol_config(call.account, listing.instrument) for listing in call.listings()]


def commission_rate(call: Request) -> object:
    return told.commission_rate(call.listing().instrument)


def brackets(call: Request) -> object:
    return [leverage_brackets(listing.instrument) for listing in call.listings()]


def income(call: Request) -> object:
    """Booked items of a window, or the latest ones, the oldest first; paged by time alone."""
    symbol, kind = call.params.optional("symbol"), call.params.optional("incomeType")
    start_ms, end_ms = call.params.window(INCOME_DAYS)
    rows = page(call.account.income_of(kind, symbol), call.params.limit(100, 1000), start_ms=start_ms, end_ms=end_ms)
    return [told.income_row(record) for record in rows]


def multi_assets(call: Request) -> object:
    return {"multiAssetsMargin": call.account.multi_assets}


def set_multi_assets(call: Request) -> object:
    call.runtime.engine.set_multi_assets(call.account.account_id, call.params.flag("multiAssetsMargin"), call.now_ms)
    return SUCCESS


def fee_burn(call: Request) -> object:
    return {"feeBurn": call.account.burns_bnb}


def set_fee_burn(call: Request) -> object:
    """Whether fees are paid in BNB, at a discount, where the wallet has enough of it."""
    call.account.burns_bnb = call.params.flag("feeBurn")
    return SUCCESS


def trading_status(call: Request) -> object:
    """The indicators of the quantitative rules: none is ever violated here, nobody is locked."""
    call.listings()
    return {"indicators": {}, "updateTime": call.now_ms}


def order_limits(call: Request) -> object:
    """The account's own order limits."""
    return call.runtime.rate_limits.order_limits()


def create_listen_key(call: Request) -> object:
    return {"listenKey": call.runtime.listen_keys.create(call.account.account_id, call.now_ms)}


def extend_listen_key(call: Request) -> object:
    key = call.runtime.listen_keys.extend(call.account.account_id, call.now_ms)
    if key is None:
        raise VenueError(-1125)
    return {"listenKey": key}


def delete_listen_key(call: Request) -> object:
    """Ends the key for everybody who listens with it."""
    key = call.runtime.listen_keys.delete(call.account.account_id)
    if key is None:
        raise VenueError(-1125)
    call.runtime.end_listen_key(key)
    return {}
