"""The REST endpoints: handler, weight and security, a row each ("REST list": weights as documented there)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from connector.simulator.access.parameters import whole_number
from connector.simulator.access.rate_limits import (
    FUNDING,
    SPOT_WEIGHT,
    STATISTICS,
    WEIGHT,
    AddressLimit,
    wallet_account_limit,
    wallet_limit,
)
from connector.simulator.rest import account_routes as account
from connector.simulator.rest import algo_routes as algos
from connector.simulator.rest import batches
from connector.simulator.rest import candle_routes as candles
from connector.simulator.rest import index_routes as indices
from connector.simulator.rest import key_routes as keys
from connector.simulator.rest import market_routes as market
from connector.simulator.rest import order_lookups as lookups
from connector.simulator.rest import order_routes as orders
from connector.simulator.rest import position_routes as positions
from connector.simulator.rest import statistics_routes as statistics
from connector.simulator.rest import wallet_routes as wallet
from connector.simulator.rest.not_offered import NOT_OFFERED, not_offered
from connector.simulator.rest.request import Request

Weight = Callable[[dict[str, str]], int]


class Security(StrEnum):
    """What a request must carry: nothing, the key, or a signature too."""

    NONE = "NONE"
    KEY = "KEY"
    SIGNED = "SIGNED"


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a request, what it costs, and what it must carry."""

    handler: Callable[[Request], object]
    #: Charged to `limit`.
    weight: Weight
    security: Security = Security.SIGNED
    limit: AddressLimit = WEIGHT
    #: Whether the answer tells how many orders there were.
    counts_orders: bool = False


def _flat(weight: int) -> Weight:
    return lambda params: weight


def _by_symbol(with_symbol: int, without: int) -> Weight:
    return lambda params: with_symbol if params.get("symbol") else without


def _by_limit(*steps: tuple[int, int], beyond: int) -> Weight:
    """Of the rows wanted, 500 by default; an ill limit, refused later, weighs as none."""

    def weight(params: dict[str, str]) -> int:
        limit = whole_number(params.get("limit", ""))
        wanted = 500 if limit is None else limit
        return next((cost for most, cost in steps if wanted <= most), beyond)

    return weight


_BY_LEVELS = _by_limit((50, 2), (100, 5), (500, 10), beyond=20)
_BY_CANDLES = _by_limit((99, 1), (499, 2), (1000, 5), beyond=10)


def _public(handler: Callable[[Request], object], weight: Weight, limit: AddressLimit = WEIGHT) -> Route:
    return Route(handler, weight, Security.NONE, limit)


def _signed(handler: Callable[[Request], object], weight: int) -> Route:
    return Route(handler, _flat(weight))


def _keyed(handler: Callable[[Request], object], limit: AddressLimit = WEIGHT) -> Route:
    return Route(handler, _flat(1), Security.KEY, limit)


def _wallet(handler: Callable[[Request], object], weight: int, security: Security = Security.SIGNED) -> Route:
    return Route(handler, _flat(weight), security, wallet_limit())


ROUTES: dict[tuple[str, str], Route] = {
    **{row: _public(not_offered, _flat(1)) for row in NOT_OFFERED},
    ("GET", "/fapi/v1/ping"): _public(market.ping, _flat(1)),
    ("GET", "/fapi/v1/time"): _public(market.server_time, _flat(1)),
    ("GET", "/fapi/v1/exchangeInfo"): _public(market.information, _flat(1)),
    ("GET", "/fapi/v1/depth"): _public(market.depth, _BY_LEVELS),
    ("GET", "/fapi/v1/rpiDepth"): _public(market.rpi_depth, _flat(20)),
    ("GET", "/fapi/v1/trades"): _public(market.trades, _flat(5)),
    ("GET", "/fapi/v1/historicalTrades"): Route(market.historical_trades, _flat(200), Security.KEY),
    ("GET", "/fapi/v1/aggTrades"): _public(market.aggregate_trades, _flat(20)),
    ("GET", "/fapi/v1/klines"): _public(candles.klines, _BY_CANDLES),
    ("GET", "/fapi/v1/continuousKlines"): _public(candles.continuous_klines, _BY_CANDLES),
    ("GET", "/fapi/v1/indexPriceKlines"): _public(candles.index_price_klines, _BY_CANDLES),
    ("GET", "/fapi/v1/markPriceKlines"): _public(candles.mark_price_klines, _BY_CANDLES),
    ("GET", "/fapi/v1/premiumIndexKlines"): _public(candles.premium_index_klines, _BY_CANDLES),
    ("GET", "/fapi/v1/ticker/24hr"): _public(market.day_tickers, _by_symbol(1, 40)),
    ("GET", "/fapi/v1/ticker/bookTicker"): _public(market.book_ticker, _by_symbol(2, 5)),
    ("GET", "/fapi/v1/ticker/price"): _public(market.price, _by_symbol(1, 2)),
    ("GET", "/fapi/v2/ticker/price"): _public(market.price, _by_symbol(1, 2)),
    ("GET", "/fapi/v1/premiumIndex"): _public(market.premium_index, _by_symbol(1, 10)),
    ("GET", "/fapi/v1/openInterest"): _public(market.open_interest, _flat(1)),
    ("GET", "/fapi/v1/assetIndex"): _public(indices.asset_index, _by_symbol(1, 10)),
    ("GET", "/fapi/v1/indexInfo"): _public(indices.index_info, _flat(1)),
    ("GET", "/fapi/v1/constituents"): _public(indices.constituents, _flat(2)),
    ("GET", "/fapi/v1/tradingSchedule"): _public(indices.trading_schedule, _flat(5)),
    ("GET", "/fapi/v1/fundingRate"): _public(market.funding_rate, _flat(1), FUNDING),
    ("GET", "/fapi/v1/fundingInfo"): _public(market.funding_info, _flat(1), FUNDING),
    ("POST", "/fapi/v1/order"): Route(orders.place, _flat(0), counts_orders=True),
    ("DELETE", "/fapi/v1/order"): _signed(orders.cancel, 1),
    ("GET", "/fapi/v1/order"): _signed(lookups.query, 1),
    ("GET", "/fapi/v1/openOrder"): _signed(lookups.query_open, 1),
    ("GET", "/fapi/v1/openOrders"): Route(lookups.open_orders, _by_symbol(1, 40)),
    ("GET", "/fapi/v1/allOrders"): _signed(lookups.all_orders, 5),
    ("DELETE", "/fapi/v1/allOpenOrders"): _signed(orders.cancel_all, 1),
    ("PUT", "/fapi/v1/order"): Route(orders.modify, _flat(0), counts_orders=True),
    ("POST", "/fapi/v1/order/test"): Route(algos.check, _flat(0), counts_orders=True),
    ("POST", "/fapi/v1/algoOrder"): Route(algos.place, _flat(0), counts_orders=True),
    ("DELETE", "/fapi/v1/algoOrder"): _signed(algos.cancel, 1),
    ("GET", "/fapi/v1/algoOrder"): _signed(algos.query, 1),
    ("GET", "/fapi/v1/openAlgoOrders"): Route(algos.open_orders, _by_symbol(1, 40)),
    ("GET", "/fapi/v1/allAlgoOrders"): _signed(algos.all_orders, 5),
    ("DELETE", "/fapi/v1/algoOpenOrders"): _signed(algos.cancel_all, 1),
    ("GET", "/fapi/v1/orderAmendment"): _signed(lookups.amendments, 1),
    ("POST", "/fapi/v1/batchOrders"): Route(batches.place_batch, _flat(5), counts_orders=True),
    ("PUT", "/fapi/v1/batchOrders"): Route(batches.amend_batch, _flat(5), counts_orders=True),
    ("DELETE", "/fapi/v1/batchOrders"): _signed(batches.cancel_batch, 1),
    ("POST", "/fapi/v1/countdownCancelAll"): _signed(orders.countdown, 10),
    ("GET", "/fapi/v1/userTrades"): _signed(lookups.user_trades, 5),
    ("GET", "/fapi/v1/income"): _signed(account.income, 30),
    ("GET", "/fapi/v2/balance"): _signed(account.balance, 5),
    ("GET", "/fapi/v3/balance"): _signed(account.balance, 5),
    ("GET", "/fapi/v2/account"): _signed(account.account_v2, 5),
    ("GET", "/fapi/v3/account"): _signed(account.account, 5),
    ("GET", "/fapi/v2/positionRisk"): _signed(positions.position_risk_v2, 5),
    ("GET", "/fapi/v3/positionRisk"): _signed(positions.position_risk, 5),
    ("GET", "/fapi/v1/accountConfig"): _signed(account.account_config, 5),
    ("GET", "/fapi/v1/symbolConfig"): _signed(account.symbol_config, 5),
    ("GET", "/fapi/v1/leverageBracket"): _signed(account.brackets, 1),
    ("GET", "/fapi/v1/commissionRate"): _signed(account.commission_rate, 20),
    ("POST", "/fapi/v1/leverage"): _signed(positions.set_leverage, 1),
    ("POST", "/fapi/v1/marginType"): _signed(positions.set_margin_type, 1),
    ("POST", "/fapi/v1/positionMargin"): _signed(positions.move_margin, 1),
    ("GET", "/fapi/v1/positionMargin/history"): _signed(positions.margin_history, 1),
    ("GET", "/fapi/v1/positionSide/dual"): _signed(positions.position_mode, 30),
    ("POST", "/fapi/v1/positionSide/dual"): _signed(positions.set_position_mode, 1),
    ("GET", "/fapi/v1/adlQuantile"): _signed(positions.adl_quantiles, 5),
    ("GET", "/fapi/v1/forceOrders"): Route(positions.forced_orders, _by_symbol(20, 50)),
    ("GET", "/fapi/v1/symbolAdlRisk"): _public(positions.adl_risk, _flat(1)),
    ("GET", "/fapi/v1/insuranceBalance"): _public(positions.insurance_balance, _flat(1)),
    ("GET", "/fapi/v1/multiAssetsMargin"): _signed(account.multi_assets, 30),
    ("POST", "/fapi/v1/multiAssetsMargin"): _signed(account.set_multi_assets, 1),
    ("GET", "/fapi/v1/feeBurn"): _signed(account.fee_burn, 30),
    ("POST", "/fapi/v1/feeBurn"): _signed(account.set_fee_burn, 1),
    ("POST", "/fapi/v1/stock/contract"): _signed(account.sign_agreement, 50),
    ("GET", "/fapi/v1/apiTradingStatus"): Route(account.trading_status, _by_symbol(1, 10)),
    ("GET", "/fapi/v1/rateLimit/order"): _signed(account.order_limits, 1),
    ("POST", "/fapi/v1/listenKey"): _keyed(account.create_listen_key),
    ("PUT", "/fapi/v1/listenKey"): _keyed(account.extend_listen_key),
    ("DELETE", "/fapi/v1/listenKey"): _keyed(account.delete_listen_key),
    ("GET", "/futures/data/openInterestHist"): _public(statistics.open_interest, _flat(1), STATISTICS),
    ("GET", "/futures/data/topLongShortAccountRatio"): _keyed(statistics.top_accounts, STATISTICS),
    ("GET", "/futures/data/topLongShortPositionRatio"): _keyed(statistics.top_positions, STATISTICS),
    ("GET", "/futures/data/globalLongShortAccountRatio"): _public(statistics.all_accounts, _flat(1), STATISTICS),
    ("GET", "/futures/data/takerlongshortRatio"): _public(statistics.taker_volumes, _flat(1), STATISTICS),
    ("GET", "/futures/data/basis"): _public(statistics.basis, _flat(1), STATISTICS),
    ("GET", "/futures/data/delivery-price"): _public(statistics.delivery_prices, _flat(1), STATISTICS),
    ("GET", "/api/v3/time"): _public(market.server_time, _flat(1), SPOT_WEIGHT),
    ("GET", "/sapi/v1/system/status"): _wallet(wallet.system_status, 1, Security.NONE),
    ("GET", "/sapi/v1/account/apiRestrictions"): _wallet(keys.api_restrictions, 1),
    ("GET", "/sapi/v1/account/info"): _wallet(wallet.account_info, 1),
    ("GET", "/sapi/v1/account/status"): _wallet(wallet.account_status, 1),
    ("GET", "/sapi/v1/account/apiTradingStatus"): _wallet(wallet.trading_status, 1),
    ("POST", "/sapi/v1/asset/get-funding-asset"): _wallet(wallet.funding_assets, 1),
    ("POST", "/sapi/v3/asset/getUserAsset"): _wallet(wallet.spot_assets, 5),
    ("GET", "/sapi/v1/asset/wallet/balance"): _wallet(wallet.wallet_balance, 60),
    ("POST", "/sapi/v1/asset/transfer"): Route(wallet.transfer, _flat(300), limit=wallet_account_limit()),
    ("GET", "/sapi/v1/asset/transfer"): _wallet(wallet.transfers, 1),
}
