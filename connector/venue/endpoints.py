"""Endpoints: path, method of the WS-API where it has one, weight, security and order cost, a row each.

Source: "USDⓈ-M Futures REST API", weights as documented there, as of 2026-11. The v2 account pages say 5, an
announcement of 2024-09 says 10 and was not revoked: 10 is budgeted for those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

Params = Mapping[str, object]

#: Carries the API key of a request that needs one.
API_KEY_HEADER = "X-MBX-APIKEY"


class Security(StrEnum):
    """What a request must carry: nothing, the API key, or a signature too."""

    NONE = "NONE"
    KEY = "KEY"
    SIGNED = "SIGNED"


class Priority(StrEnum):
    """Which slice of the rate budget a request may use, the most urgent last: what ends risk (cancels and closing
    orders) may use all of it, look-ups leave that some room, what comes in crowds leaves room for all else, and
    bookkeeping, which may come later, leaves half."""

    BOOKKEEPING = "bookkeeping"
    BULK = "bulk"
    NORMAL = "normal"
    LOOK_UP = "look_up"
    RISK = "risk"


def fixed(weight: int) -> Callable[[Params], int]:
    return lambda params: weight


def by_symbol(with_symbol: int, without: int) -> Callable[[Params], int]:
    return lambda params: with_symbol if params.get("symbol") else without


def by_depth_limit(params: Params) -> int:
    limit = int(str(params.get("limit", 500)))
    return next((weight for most, weight in ((50, 2), (100, 5), (500, 10)) if limit <= most), 20)


def by_candles(params: Params) -> int:
    limit = int(str(params.get("limit", 500)))
    return next((weight for most, weight in ((99, 1), (499, 2), (1000, 5)) if limit <= most), 10)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One request of the REST API, or one that the WS-API alone has."""

    method: str
    path: str
    #: Of the address, by the parameters.
    weight: Callable[[Params], int]
    security: Security = Security.NONE
    #: One that was not answered may have been executed.
    is_write: bool = False
    order_cost_10s: int = 0
    order_cost_1m: int = 0
    #: Of the pool that fundingRate and fundingInfo share.
    funding_cost: int = 0
    priority: Priority = Priority.NORMAL
    #: A request that would wait longer for the rate limits is refused at once; None waits.
    most_wait_ms: int | None = None
    #: A write that may be sent again where the answer proves that nothing happened.
    repeats: bool = False
    #: Whether the count of used weight in its answers is true ("inaccurate on ticker endpoints").
    tells_weight: bool = True
    #: Whether its answer tells of each of several orders what became of it, refusals among them.
    tells_each: bool = False
    #: Asked of the wallet's host, which counts it for itself.
    is_of_wallet: bool = False
    #: The same over the WS-API, at the same cost, whatever the parameters are; empty where it has no such method.
    ws_method: str = ""


def _get(path: str, weight: int, security: Security = Security.SIGNED) -> Endpoint:
    return Endpoint("GET", path, fixed(weight), security)


TIME = _get("/fapi/v1/time", 1, Security.NONE)
EXCHANGE_INFO = _get("/fapi/v1/exchangeInfo", 1, Security.NONE)
DEPTH = Endpoint("GET", "/fapi/v1/depth", by_depth_limit, priority=Priority.BULK)
BOOK_TICKER = Endpoint("GET", "/fapi/v1/ticker/bookTicker", by_symbol(2, 5), priority=Priority.BULK, tells_weight=False)
LAST_PRICE = Endpoint("GET", "/fapi/v2/ticker/price", by_symbol(1, 2), priority=Priority.BULK, tells_weight=False)
DAY_STATISTICS = Endpoint("GET", "/fapi/v1/ticker/24hr", by_symbol(1, 40), priority=Priority.BULK, tells_weight=False)
#: Both share a limit of their own, 500 in 5 minutes, and charge nothing to the weight.
FUNDING_INFO = Endpoint("GET", "/fapi/v1/fundingInfo", fixed(0), funding_cost=1)
FUNDING_RATE = Endpoint("GET", "/fapi/v1/fundingRate", fixed(0), funding_cost=1)
#: The market's past, for whoever asks for it.
KLINES = Endpoint("GET", "/fapi/v1/klines", by_candles, priority=Priority.BULK)
OPEN_INTEREST = Endpoint("GET", "/fapi/v1/openInterest", fixed(1), priority=Priority.BULK)
AGGREGATE_TRADES = Endpoint("GET", "/fapi/v1/aggTrades", fixed(20), priority=Priority.BULK)
#: Statistics: 1,000 in five minutes from an address, and nothing of the weight.
OPEN_INTEREST_HISTORY = Endpoint("GET", "/futures/data/openInterestHist", fixed(0), priority=Priority.BULK)
ALL_ACCOUNTS = Endpoint("GET", "/futures/data/globalLongShortAccountRatio", fixed(0), priority=Priority.BULK)
TOP_ACCOUNTS = Endpoint("GET", "/futures/data/topLongShortAccountRatio", fixed(0), Security.KEY, priority=Priority.BULK)
TOP_POSITIONS = Endpoint(
    "GET", "/futures/data/topLongShortPositionRatio", fixed(0), Security.KEY, priority=Priority.BULK
)
TAKER_VOLUMES = Endpoint("GET", "/futures/data/takerlongshortRatio", fixed(0), priority=Priority.BULK)

#: An order that had to wait would leave at the price of another moment.
PLACE_ORDER = Endpoint(
    "POST",
    "/fapi/v1/order",
    fixed(0),
    Security.SIGNED,
    is_write=True,
    order_cost_10s=1,
    order_cost_1m=1,
    most_wait_ms=1_000,
    ws_method="order.place",
)
#: An order that only reduces a position: nothing else may use up what it needs.
CLOSE_ORDER = replace(PLACE_ORDER, priority=Priority.RISK)
CANCEL_ORDER = Endpoint(
    "DELETE",
    "/fapi/v1/order",
    fixed(1),
    Security.SIGNED,
    is_write=True,
    priority=Priority.RISK,
    repeats=True,
    ws_method="order.cancel",
)
QUERY_ORDER = Endpoint(
    "GET", "/fapi/v1/order", fixed(1), Security.SIGNED, priority=Priority.LOOK_UP, ws_method="order.status"
)
#: Another price or amount of an open order; it would leave at the price of another moment, too.
MODIFY_ORDER = Endpoint(
    "PUT",
    "/fapi/v1/order",
    fixed(0),
    Security.SIGNED,
    is_write=True,
    order_cost_10s=1,
    order_cost_1m=1,
    most_wait_ms=1_000,
    ws_method="order.modify",
)
MODIFY_CLOSE_ORDER = replace(MODIFY_ORDER, priority=Priority.RISK)

#: Several orders in one request, over REST alone. New ones and changes count and weigh the same, however many there
#: are ("Multiple orders").
MOST_BATCHED, MOST_CANCELS_BATCHED = 5, 10
PLACE_ORDERS = Endpoint(
    "POST",
    "/fapi/v1/batchOrders",
    fixed(5),
    Security.SIGNED,
    is_write=True,
    order_cost_10s=5,
    order_cost_1m=1,
    most_wait_ms=1_000,
    tells_each=True,
)
CLOSE_ORDERS = replace(PLACE_ORDERS, priority=Priority.RISK)
MODIFY_ORDERS = replace(PLACE_ORDERS, method="PUT")
MODIFY_CLOSE_ORDERS = replace(MODIFY_ORDERS, priority=Priority.RISK)
#: As one alone weighs; all of one symbol.
CANCEL_ORDERS = Endpoint(
    "DELETE",
    "/fapi/v1/batchOrders",
    fixed(1),
    Security.SIGNED,
    is_write=True,
    priority=Priority.RISK,
    repeats=True,
    tells_each=True,
)
OPEN_ORDERS = Endpoint("GET", "/fapi/v1/openOrders", by_symbol(1, 40), Security.SIGNED, priority=Priority.LOOK_UP)
OPEN_ALGO_ORDERS = Endpoint(
    "GET", "/fapi/v1/openAlgoOrders", by_symbol(1, 40), Security.SIGNED, priority=Priority.LOOK_UP
)
#: Conditional orders count as orders do (as of 2026-06-20).
PLACE_ALGO_ORDER = replace(PLACE_ORDER, path="/fapi/v1/algoOrder", ws_method="algoOrder.place")
CLOSE_ALGO_ORDER = replace(PLACE_ALGO_ORDER, priority=Priority.RISK)
#: For times in force that the WS-API does not list for them: GTX, GTD and RPI.
PLACE_ALGO_ORDER_BY_REST = replace(PLACE_ALGO_ORDER, ws_method="")
CLOSE_ALGO_ORDER_BY_REST = replace(CLOSE_ALGO_ORDER, ws_method="")
CANCEL_ALGO_ORDER = replace(CANCEL_ORDER, path="/fapi/v1/algoOrder", ws_method="algoOrder.cancel")
QUERY_ALGO_ORDER = Endpoint("GET", "/fapi/v1/algoOrder", fixed(1), Security.SIGNED, priority=Priority.LOOK_UP)
ALL_ALGO_ORDERS = _get("/fapi/v1/allAlgoOrders", 5)
#: Changes nothing, and so may be asked again; it is budgeted as an order is.
TEST_ORDER = replace(PLACE_ORDER, path="/fapi/v1/order/test", is_write=False, ws_method="")
#: Ends every order of a symbol, those of others too: sent by an explicit command alone.
CANCEL_ALL_ORDERS = Endpoint(
    "DELETE", "/fapi/v1/allOpenOrders", fixed(1), Security.SIGNED, is_write=True, priority=Priority.RISK, repeats=True
)
CANCEL_ALL_ALGO_ORDERS = replace(CANCEL_ALL_ORDERS, path="/fapi/v1/algoOpenOrders")
#: The order limits of this account, which may be higher than those that exchangeInfo lists.
ORDER_LIMITS = _get("/fapi/v1/rateLimit/order", 1)
ALL_ORDERS = _get("/fapi/v1/allOrders", 5)
USER_TRADES = _get("/fapi/v1/userTrades", 5)
POSITION_RISK = _get("/fapi/v3/positionRisk", 5)
BALANCE = _get("/fapi/v3/balance", 5)
ACCOUNT_CONFIG = _get("/fapi/v1/accountConfig", 5)
SYMBOL_CONFIG = _get("/fapi/v1/symbolConfig", 5)
LEVERAGE_BRACKET = _get("/fapi/v1/leverageBracket", 1)
#: Of all assets together.
ASSET_INDEX = _get("/fapi/v1/assetIndex", 10, Security.NONE)
COMMISSION_RATE = _get("/fapi/v1/commissionRate", 20)
#: Weighs more for all symbols together.
FORCE_ORDERS = Endpoint("GET", "/fapi/v1/forceOrders", by_symbol(20, 50), Security.SIGNED)
INCOME = _get("/fapi/v1/income", 30)
#: What assets are worth, for the books: the index in USD of one, and candles of a pair's.
ASSET_PRICE = Endpoint("GET", "/fapi/v1/assetIndex", by_symbol(1, 10), priority=Priority.BOOKKEEPING)
INDEX_PRICE_KLINES = Endpoint("GET", "/fapi/v1/indexPriceKlines", fixed(1), priority=Priority.BOOKKEEPING)
#: Funding payments: nothing that trades waits for them.
FUNDING_INCOME = replace(INCOME, priority=Priority.BOOKKEEPING)

SET_LEVERAGE = Endpoint("POST", "/fapi/v1/leverage", fixed(1), Security.SIGNED, is_write=True)
SET_POSITION_MODE = Endpoint("POST", "/fapi/v1/positionSide/dual", fixed(1), Security.SIGNED, is_write=True)
SET_MARGIN_TYPE = Endpoint("POST", "/fapi/v1/marginType", fixed(1), Security.SIGNED, is_write=True)
SET_MULTI_ASSETS = Endpoint("POST", "/fapi/v1/multiAssetsMargin", fixed(1), Security.SIGNED, is_write=True)
ADJUST_MARGIN = Endpoint("POST", "/fapi/v1/positionMargin", fixed(1), Security.SIGNED, is_write=True)
FEE_BURN = _get("/fapi/v1/feeBurn", 30)
SET_FEE_BURN = Endpoint("POST", "/fapi/v1/feeBurn", fixed(1), Security.SIGNED, is_write=True)

#: The timer that cancels all regular orders of a symbol; setting it twice is setting it once. One that would wait long
#: is tried anew instead, by whoever knows what it is about.
COUNTDOWN_CANCEL_ALL = Endpoint(
    "POST",
    "/fapi/v1/countdownCancelAll",
    fixed(10),
    Security.SIGNED,
    is_write=True,
    priority=Priority.RISK,
    most_wait_ms=5_000,
    repeats=True,
)
#: The agreement about contracts on traditional finance.
SIGN_AGREEMENT = Endpoint("POST", "/fapi/v1/stock/contract", fixed(50), Security.SIGNED, is_write=True)

#: What a key may do, and which markets its account has ("Wallet endpoints"); each has a limit of its own there.
KEY_PERMISSIONS = replace(_get("/sapi/v1/account/apiRestrictions", 0), is_of_wallet=True, tells_weight=False)
WALLET_ACCOUNT = replace(KEY_PERMISSIONS, path="/sapi/v1/account/info")

CREATE_LISTEN_KEY = Endpoint("POST", "/fapi/v1/listenKey", fixed(1), Security.KEY)
EXTEND_LISTEN_KEY = Endpoint("PUT", "/fapi/v1/listenKey", fixed(1), Security.KEY)

#: A connection of the WS-API: its handshake, its logon, and a question that shows that it answers ("WebSocket API
#: general info").
WS_HANDSHAKE = Endpoint("WS-API", "handshake", fixed(5))
WS_LOGON = Endpoint("WS-API", "session.logon", fixed(2), ws_method="session.logon")
WS_TIME = Endpoint("WS-API", "time", fixed(1), ws_method="time")

#: Parameters that the WS-API wants as JSON integers; all others are texts there.
INTEGER_PARAMS = frozenset({"algoId", "goodTillDate", "modifyId", "orderId", "recvWindow", "timestamp"})
