"""The venue's numbers for how orders end: expiry reasons (`er`), and what kind of refusal an error code is.

Source: "ORDER_TRADE_UPDATE" and "Error codes", as of 2026-11. 10 and 11 are documented for COIN-M alone.
"""

from typing import Final

from connector.core.order_ends import ExpiryReason, RejectionKind

EXPIRY_REASONS: Final[dict[str, ExpiryReason]] = {
    "1": ExpiryReason.SELF_TRADE_PREVENTION,
    "2": ExpiryReason.IMMEDIATE_REMAINDER,
    "3": ExpiryReason.SELF_TRADE_PREVENTION,
    "4": ExpiryReason.REDUCE_ONLY_SURPLUS,
    "5": ExpiryReason.LIQUIDATION,
    "6": ExpiryReason.POSITION_GONE,
    "7": ExpiryReason.DELISTING,
    "8": ExpiryReason.TRIGGERED,
    "9": ExpiryReason.MARKET_REMAINDER,
    "10": ExpiryReason.FILL_OR_KILL,
    "11": ExpiryReason.POST_ONLY,
}
#: The status of an order that met another of its owner: said by answers, which carry no number.
EXPIRED_IN_MATCH: Final = "EXPIRED_IN_MATCH"

#: The filter that a code says is broken.
FILTERS: Final[dict[int, str]] = {
    -1111: "PRECISION",
    -2025: "MAX_NUM_ORDERS",
    -4001: "PRICE_FILTER",
    -4002: "PRICE_FILTER",
    -4013: "PRICE_FILTER",
    -4014: "PRICE_FILTER",
    -4003: "LOT_SIZE",
    -4004: "LOT_SIZE",
    -4005: "LOT_SIZE",
    -4023: "LOT_SIZE",
    -4016: "PERCENT_PRICE",
    -4024: "PERCENT_PRICE",
    -4131: "PERCENT_PRICE",
    -4183: "PERCENT_PRICE",
    -4184: "PERCENT_PRICE",
    -4006: "PRICE_FILTER",
    -4007: "PRICE_FILTER",
    -4045: "MAX_NUM_ALGO_ORDERS",
    -4164: "MIN_NOTIONAL",
    -5029: "MIN_NOTIONAL",
}

#: Why a conditional order's child was not taken: the event has the words of an error, and not its number ("Algo order
#: update", `rm`). In lower case, by how they begin.
TRIGGER_REFUSALS: Final[dict[str, int]] = {
    "margin is insufficient": -2019,
    "balance is insufficient": -2018,
    "reduceonly order is rejected": -2022,
    "reduceonly order failed": -4118,
    "exceeded the maximum allowable position": -2027,
    "order would immediately trigger": -2021,
    "due to the order could not be executed as maker": -5022,
    "reach max open order limit": -2025,
    "order's notional must be no smaller": -4164,
    "user in liquidation mode now": -2023,
}

REJECTION_KINDS: Final[dict[int, RejectionKind]] = {
    **dict.fromkeys(FILTERS, RejectionKind.FILTER),
    **dict.fromkeys((-2018, -2019, -2027, -2028), RejectionKind.MARGIN),
    **dict.fromkeys((-2022, -2024, -2026, -4062, -4118, -5047), RejectionKind.REDUCE_ONLY),
    **dict.fromkeys((-1003, -1015), RejectionKind.RATE),
    **dict.fromkeys((-4400, -4401), RejectionKind.QUANTITATIVE_RULE),
    -4411: RejectionKind.AGREEMENT,
    -5022: RejectionKind.POST_ONLY,
}


def trigger_refusal(words: str) -> int:
    """The error that the words of a refused trigger are of; 0 for words that are not known."""
    lowered = words.lower()
    return next((code for words, code in TRIGGER_REFUSALS.items() if lowered.startswith(words)), 0)


def expiry_reason(status: str, number: str) -> ExpiryReason:
    """Why an order with this status word and `er` ended; OTHER where neither says."""
    if status == EXPIRED_IN_MATCH:
        return ExpiryReason.SELF_TRADE_PREVENTION
    return EXPIRY_REASONS.get(number, ExpiryReason.OTHER)
