"""What the exchange says when it refuses: the venue's code numbers with the venue's words.

Source: "Error codes" of the USDⓈ-M REST API, as of 2026-05; where an answer was captured, that. The page lacks two:
-4408 is worded as the test of a client notes it down, -4411 as captured on 2026-03-05.
"""

_WORDS: dict[int, str] = {
    -1000: "An unknown error occurred while processing the request.",
    -1002: "You are not authorized to execute this request.",
    -1003: "Too many requests; current limit of IP({}) is {} requests per {}. "
    "Please use the websocket for live updates to avoid polling the API.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    -1008: "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. "
    "Please try again.",
    -1013: "Invalid message.",
    -1015: "Too many new orders; current limit is {} orders per {}.",
    -1020: "This operation is not supported.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1022: "Signature for this request is not valid.",
    -1023: "Start time is greater than end time.",
    -1100: "Illegal characters found in parameter '{}'; legal range is '{}'.",
    -1101: "Duplicate values for a parameter detected.",
    -1102: "Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
    -1105: "Parameter '{}' was empty.",
    -1106: "Parameter '{}' sent when not required.",
    -1111: "Precision is over the maximum defined for this asset.",
    -1115: "Invalid timeInForce.",
    -1116: "Invalid orderType.",
    -1117: "Invalid side.",
    -1121: "Invalid symbol.",
    -1120: "Invalid interval.",
    -1125: "This listenKey does not exist.",
    -1127: "Lookup interval is too big. More than {} hours between startTime and endTime.",
    -1128: "Combination of optional parameters invalid.",
    -1130: "Data sent for parameter '{}' is not valid.",
    -1131: "'recvWindow' must be less than 60000.",
    -1135: "Invalid JSON Request",
    -1136: "Invalid newOrderRespType.",
    -2008: "Invalid Api-Key ID.",
    -2011: "Unknown order sent.",
    -2013: "Order does not exist.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action, request ip: {}",
    -2017: "API Keys are locked on this account.",
    -2018: "Balance is insufficient.",
    -2019: "Margin is insufficient.",
    -2021: "Order would immediately trigger.",
    -2022: "ReduceOnly Order is rejected.",
    -2023: "User in liquidation mode now.",
    -2024: "Position is not sufficient.",
    -2025: "Reach max open order limit.",
    -2027: "Exceeded the maximum allowable position at current leverage.",
    -2028: "Leverage is smaller than permitted: insufficient margin balance.",
    -4001: "Price less than 0.",
    -4002: "Price greater than max price.",
    -4003: "Quantity less than or equal to zero.",
    -4004: "Quantity less than min quantity.",
    -4005: "Quantity greater than max quantity.",
    -4006: "Stop price less than zero.",
    -4007: "Stop price greater than max price.",
    -4013: "Price less than min price.",
    -4014: "Price not increased by tick size.",
    -4015: "Client order id is not valid.",
    -4016: "Limit price can't be higher than {}.",
    -4021: "{} is not valid depth limit",
    -4023: "Qty not increased by step size.",
    -4024: "Limit price can't be lower than {}.",
    -4028: "Leverage {} is not valid.",
    -4031: "Invalid parameter working type",
    -4032: "Exceed maximum cancel order size.",
    -4045: "Reach max stop order limit.",
    -4046: "No need to change margin type.",
    -4047: "Margin type cannot be changed if there exists open orders.",
    -4048: "Margin type cannot be changed if there exists position.",
    -4049: "Add margin only support for isolated position.",
    -4050: "Cross balance insufficient.",
    -4051: "Isolated balance insufficient.",
    -4054: "Cannot add position margin: position is 0.",
    -4055: "Amount must be positive.",
    -4056: "{} API key is not supported.",
    -4057: "Invalid api public key.",
    -4059: "No need to change position side.",
    -4060: "Invalid position side.",
    -4061: "Order's position side does not match user's setting.",
    -4062: "Invalid or improper reduceOnly value.",
    -4067: "Position side cannot be changed if there exists open orders.",
    -4068: "Position side cannot be changed if there exists position.",
    -4104: "Invalid contract type",
    -4082: "Invalid number of batch place orders: {}",
    -4105: "Symbol is under position risk control, only reduce-only order is allowed.",
    -4106: "Symbol is under position risk control, buy order can only works with reduce-only.",
    -4107: "Symbol is under position risk control, sell order can only works with reduce-only.",
    -4116: "ClientOrderId is duplicated.",
    -4117: "Stop order is triggering.",
    -4118: "ReduceOnly Order Failed. Please check your existing position and open orders.",
    -4120: "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    -4131: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    -4135: "Invalid activation price.",
    -4136: "Order type must be STOP_MARKET or TAKE_PROFIT_MARKET with closePosition equals true.",
    -4137: "Quantity must be zero with closePosition equals true.",
    -4138: "Reduce only must be true with closePosition equals true.",
    -4140: "Invalid symbol status for opening position.",
    -4141: "Symbol is closed.",
    -4144: "Invalid pair",
    -4161: "Leverage reduction is not supported in Isolated Margin Mode with open positions.",
    -4164: "Order's notional must be no smaller than {} (unless you choose reduce only).",
    -4165: "Invalid time interval.",
    -4167: "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.",
    -4168: "Unable to adjust to isolated-margin mode under the Multi-Assets mode.",
    -4169: "Unable to adjust Multi-Assets Mode with insufficient margin balance in USDⓈ-M Futures.",
    -4170: "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.",
    -4171: "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.",
    -4172: "Unable to adjust Multi-Assets Mode with a negative wallet balance of margin available asset in "
    "USDⓈ-M Futures account.",
    -4183: "Limit price can't be higher than {}.",
    -4184: "Limit price can't be lower than {}.",
    -4400: "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.",
    -4408: "This symbol is in reduce only mode due to regulation requirements. "
    "Please upgrade to Binance Credits Trading Mode.",
    -4411: "Please sign TradFi-Perps agreement contract fapi.",
    -4509: "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.",
    -5000: "Path {}, Method {} is invalid",
    -5007: "Quantity must be greater than zero.",
    -5013: "Asset transfer failed: insufficient balance",
    -5021: "Due to the order could not be filled immediately, the FOK order has been rejected. "
    "The order will not be recorded in the order history",
    -5022: "Due to the order could not be executed as maker, the Post Only order will be rejected. "
    "The order will not be recorded in the order history",
    -5024: "Symbol is not in trading status. Order amendment is not permitted.",
    -5025: "Only limit order is supported.",
    -5026: "Exceed maximum modify order limit.",
    -5027: "No need to modify the order.",
    -5029: "Order's notional must be no smaller than {}",
    -5037: "Invalid price match",
    -5038: "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT",
    -5039: "Invalid self trade prevention mode",
    -5040: "The goodTillDate timestamp must be greater than the current time plus 600 seconds "
    "and smaller than 253402300799000",
    -5041: "No depth matches this BBO order",
    -5047: "The order to modify is not reduce only.",
}

#: Codes whose HTTP status is not 400 ("HTTP return codes"; that of -1006 is inferred: its outcome is unknown).
_STATUS: dict[int, int] = {
    -1002: 401,
    -2008: 401,
    -2014: 401,
    -2015: 401,
    -2017: 401,
    -1003: 429,
    -1015: 429,
    -1006: 503,
    -1008: 503,
    -1007: 408,
    -5000: 404,
}


class VenueError(Exception):
    """A refused request, as the venue tells it."""

    def __init__(self, code: int, *words: object, retry_after_s: int | None = None, text: str | None = None) -> None:
        #: The venue's number.
        self.code = code
        #: The venue's words.
        self.text = text or (_WORDS[code].format(*words) if words else _WORDS[code])
        #: Of HTTP.
        self.status = _STATUS.get(code, 400)
        #: How long to stay silent, where the exchange says so.
        self.retry_after_s = retry_after_s
        super().__init__(f"{code} {self.text}")


class Banned(VenueError):
    """418: an address that went on after a 429. The text tells until when, as the only place."""

    def __init__(self, address: str, until_ms: int) -> None:
        silence = f"Way too many requests; IP({address}) banned until {until_ms}. "
        super().__init__(-1003, text=silence + "Please use the websocket for live updates to avoid bans.")
        self.status = 418


class BadInput(ValueError):
    """A flag or a file that a person handed in and that is wrong; the text names it and says what would do."""


class BadFlag(BadInput):
    """A flag that is wrong as it was typed, whatever lies on the disk."""
