"""REST: the wallet's paths (`/sapi`): what the account may do, its other wallets, and money moved between them.

On the venue they belong to another host than the futures' own; here one port serves both, with the same keys.

Source: "Wallet endpoints" (2026-10). How the refusals of a transfer read is as clients met them; where an amount has
more than eight decimals, or a direction leads to a wallet that this exchange lacks, the code is inferred.
"""

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.wallets import WAYS
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import decimals_of, to_e8
from connector.simulator.history import page
from connector.simulator.market.candles import DAY_MS
from connector.simulator.market.collateral_prices import margin_assets
from connector.simulator.payloads import wallet_payloads as payloads
from connector.simulator.payloads.spelling import transaction_id
from connector.simulator.rest.not_offered import NotOffered
from connector.simulator.rest.request import Request

#: Wallets that the venue has beside those here.
_OTHER_WALLETS = ("CMFUTURE", "MARGIN", "ISOLATEDMARGIN", "OPTION", "PORTFOLIO_MARGIN")
#: How far back the history goes, and what it tells unless a start is given.
_MOST_DAYS, _DAYS = 183, 7
_ROWS, _MOST_ROWS = 10, 100


def system_status(request: Request) -> object:
    return {"status": 0, "msg": "normal"}


def account_info(request: Request) -> object:
    """Which markets the account has: futures alone, and no margin, options or portfolio margin."""
    return {
        "vipLevel": 0,
        "isMarginEnabled": False,
        "isFutureEnabled": True,
        "isOptionsEnabled": False,
        "isPortfolioMarginRetailEnabled": False,
    }


def account_status(request: Request) -> object:
    return {"data": "Normal"}


def trading_status(request: Request) -> object:
    """The indicators of the spot market's rules: nobody is ever locked here."""
    triggers = {"GCR": 150, "IFER": 150, "UFR": 300}
    return {
        "data": {
            "isLocked": False,
            "plannedRecoverTime": 0,
            "triggerCondition": triggers,
            "updateTime": request.now_ms,
        }
    }


def funding_assets(request: Request) -> object:
    return _assets(request, request.account.funding, spot=False)


def spot_assets(request: Request) -> object:
    return _assets(request, request.account.spot, spot=True)


def _assets(request: Request, held: dict[str, int], *, spot: bool) -> object:
    asset = _asset(request) if request.params.has("asset") else None
    valued = request.params.flag("needBtcValuation", default=False)
    return payloads.asset_rows(held, request.engine.collateral, asset=asset, valued=valued, spot=spot)


def wallet_balance(request: Request) -> object:
    quote = request.params.optional("quoteAsset") or payloads.BITCOIN
    if quote not in margin_assets(request.engine.listings.values()):
        raise VenueError(-1130, "quoteAsset")
    detailed = request.params.flag("needBalanceDetail", default=False)
    return payloads.wallet_balances(request.engine, request.account, quote, detailed=detailed)


def transfer(request: Request) -> object:
    """Moves `amount` of `asset` in the direction `type`; nothing keeps the same request from moving it twice."""
    way, asset, amount = _way(request.params), _asset(request), request.params.decimal("amount")
    if decimals_of(amount) > 8:
        raise VenueError(-1111)
    move = request.engine.move_money(request.account.account_id, way, asset, to_e8(amount), request.now_ms)
    return {"tranId": transaction_id(move.move_id)}


def transfers(request: Request) -> object:
    """What was moved in a direction, the newest first: a week of it without a start, half a year at most."""
    way = _way(request.params)
    start_ms, end_ms = request.params.window(most_days=_MOST_DAYS)
    number = request.params.optional_integer("current", 1) or 1
    rows = request.params.optional_integer("size", 1, _MOST_ROWS) or _ROWS
    if start_ms is None:
        start_ms = (request.now_ms if end_ms is None else end_ms) - _DAYS * DAY_MS
    start_ms = max(start_ms, request.now_ms - _MOST_DAYS * DAY_MS)
    history = request.account.wallet_moves.get(way)
    found = page([history], len(history or ()), start_ms=start_ms, end_ms=end_ms)[::-1]
    return payloads.transfer_history(found[(number - 1) * rows : number * rows], len(found))


def _way(params: Parameters) -> str:
    """-1020 for a direction of the venue's that leads to a wallet which is not here, -1102 for what is none."""
    way = params.text("type")
    if way in WAYS:
        return way
    wallets = ("MAIN", "UMFUTURE", "FUNDING", *_OTHER_WALLETS)
    if any(way == f"{source}_{target}" for source in wallets for target in wallets):
        raise NotOffered
    raise VenueError(-1102, "type")


def _asset(request: Request) -> str:
    asset = request.params.text("asset")
    if asset not in margin_assets(request.engine.listings.values()):
        raise VenueError(-1102, "asset")
    return asset
