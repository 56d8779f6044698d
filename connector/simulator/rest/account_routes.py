"""REST: balances, income, settings of the account, and listen keys."""

from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.payloads import account_payloads
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.instrument_payloads import leverage_brackets
from connector.simulator.rest.request import Request

SUCCESS = {"code": 200, "msg": "success"}
#: Three months of income can be asked for.
INCOME_DAYS = 100
#: What locks a symbol, and what an account; the figures are any beyond the trigger.
_UNFILLED = {"indicator": "UFR", "value": 0.999, "triggerValue": 0.995}
_TOO_MANY_VIOLATIONS = {"indicator": "TMV", "value": 10, "triggerValue": 1}


def snapshot_of(request: Request) -> AccountSnapshot:
    return AccountSnapshot(request.account, request.engine)


def balance(request: Request) -> object:
    return account_payloads.balances(snapshot_of(request))


def account(request: Request) -> object:
    return account_payloads.account_information(snapshot_of(request))


def account_v2(request: Request) -> object:
    return account_payloads.account_information_v2(snapshot_of(request))


def account_config(request: Request) -> object:
    return account_payloads.account_config(request.account)


def symbol_config(request: Request) -> object:
    return [account_payloads.symbol_config(request.account, listing.instrument) for listing in request.listings()]


def commission_rate(request: Request) -> object:
    return account_payloads.commission_rate(request.instrument)


def brackets(request: Request) -> object:
    return [leverage_brackets(listing.instrument) for listing in request.listings()]


def income(request: Request) -> object:
    """Booked items of a window, or the latest ones, the oldest first; paged by time alone."""
    symbol, kind = request.params.optional("symbol"), request.params.optional("incomeType")
    start_ms, end_ms = request.params.window(INCOME_DAYS)
    rows = page(
        request.account.income_of(kind, symbol), request.params.limit(100, 1000), start_ms=start_ms, end_ms=end_ms
    )
    return [account_payloads.income_row(record) for record in rows]


def multi_assets(request: Request) -> object:
    return {"multiAssetsMargin": request.account.multi_assets}


def set_multi_assets(request: Request) -> object:
    request.engine.set_multi_assets(
        request.account.account_id, request.params.flag("multiAssetsMargin"), request.now_ms
    )
    return SUCCESS


def fee_burn(request: Request) -> object:
    return {"feeBurn": request.account.burns_bnb}


def set_fee_burn(request: Request) -> object:
    """Whether fees are paid in BNB, at a discount, where the wallet has enough of it."""
    request.engine.set_fee_burn(request.account.account_id, request.params.flag("feeBurn"))
    return SUCCESS


def sign_agreement(request: Request) -> object:
    """Signs the agreement about contracts on traditional finance; -4411 is over for the account."""
    request.engine.sign_agreement(request.account.account_id)
    return SUCCESS


def trading_status(request: Request) -> object:
    """The indicators of the quantitative rules: one is violated while a fault says so, else nobody is locked.

    A lock of one symbol is told under it, one of all under ACCOUNT ("Futures trading quantitative rules indicators").
    """
    asked = {listing.symbol for listing in request.listings()}
    runtime, indicators = request.runtime, dict[str, object]()
    fault = runtime.faults.standing("reduce_only_4400")
    if fault is not None and (not fault.symbol or fault.symbol in asked):
        recovers_ms = request.now_ms + fault.left_ms(runtime.steady_ms())
        indicator = _UNFILLED if fault.symbol else _TOO_MANY_VIOLATIONS
        indicators[fault.symbol or "ACCOUNT"] = [{"isLocked": True, "plannedRecoverTime": recovers_ms, **indicator}]
    return {"indicators": indicators, "updateTime": request.now_ms}


def order_limits(request: Request) -> object:
    """The account's own order limits."""
    return request.runtime.rate_limits.order_limits()


def create_listen_key(request: Request) -> object:
    return {"listenKey": request.runtime.listen_keys.create(request.account.account_id, request.runtime.steady_ms())}


def extend_listen_key(request: Request) -> object:
    key = request.runtime.listen_keys.extend(request.account.account_id, request.runtime.steady_ms())
    if key is None:
        raise VenueError(-1125)
    return {"listenKey": key}


def delete_listen_key(request: Request) -> object:
    """Ends the key for everybody who listens with it."""
    key = request.runtime.listen_keys.delete(request.account.account_id)
    if key is None:
        raise VenueError(-1125)
    request.runtime.end_listen_key(key)
    return {}
