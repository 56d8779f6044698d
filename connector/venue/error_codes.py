"""What the venue's refusals mean: one table from code to rule, one for answers without a code.

Source: "Error codes" and "HTTP return codes", as of 2026-11, and the project's law on unknown outcomes: for a
write, 408, 502, 504, 503 "Unknown error", a reset or timeout after sending, -1000, -1001, -1006 and -1007 leave
the outcome unknown. -1008 is definite by the documents and was seen otherwise, so it is unknown here: it is
looked up before anything is sent again.
"""

import re
from typing import Final

from connector.core.faults import Blame, Fate, FaultRule, Retry

_NO, _BACK, _CLOCK, _PAUSE = Retry.NEVER, Retry.BACKOFF, Retry.AFTER_CLOCK_SYNC, Retry.AFTER_PAUSE


def _unknown(meaning: str) -> FaultRule:
    return FaultRule(Fate.UNKNOWN, _NO, Blame.VENUE, meaning, "the order is looked up")


def _refused(meaning: str, remedy: str = "", blame: Blame = Blame.REQUEST) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, _NO, blame, meaning, remedy)


def _configure(meaning: str, remedy: str) -> FaultRule:
    return _refused(meaning, remedy, Blame.CONFIGURATION)


def _done(meaning: str) -> FaultRule:
    return FaultRule(Fate.DONE, _NO, Blame.REQUEST, meaning)


def _gone(meaning: str) -> FaultRule:
    return FaultRule(Fate.GONE, _NO, Blame.REQUEST, meaning)


def _rate_limited(meaning: str) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, _PAUSE, Blame.RATE_LIMIT, meaning, "requests pause until the window is over")


def _clock(meaning: str) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, _CLOCK, Blame.CLOCK, meaning, "the clock is measured again")


#: The key of the user stream ended, or never was.
NO_SUCH_LISTEN_KEY: Final = -1125
#: The side of an order is none of the account's position mode.
OTHER_POSITION_MODE: Final = -4061
RULES: Final[dict[int, FaultRule]] = {
    -1000: _unknown("the venue failed while processing"),
    -1001: _unknown("the venue was disconnected inside"),
    -1002: _configure("not authorised", "check the key's permissions"),
    -1003: _rate_limited("too many requests"),
    -1006: _unknown("execution status unknown"),
    -1007: _unknown("send and execution status unknown"),
    -1008: _unknown("throttled by system protection"),
    -1011: _configure("this address may not use the key", "check the key's IP restriction"),
    -1015: FaultRule(
        Fate.NEVER_LIVED, Retry.AFTER_ORDER_PAUSE, Blame.RATE_LIMIT, "too many new orders", "new orders pause"
    ),
    -1016: FaultRule(Fate.NEVER_LIVED, _BACK, Blame.VENUE, "the venue is in maintenance"),
    -1021: _clock("timestamp outside the receive window"),
    -1022: _configure("bad signature", "check that key and secret belong together"),
    -1102: _refused("a mandatory parameter is missing or malformed"),
    -1106: _refused("a parameter was sent that is not wanted"),
    -1111: _refused("more decimals than the pair allows", "trading rules are read again"),
    -1121: _configure("no such symbol", "check the pair"),
    NO_SUCH_LISTEN_KEY: _gone("the listen key does not exist"),
    -2008: _configure("no such API key", "a key of another environment, or one that was deleted"),
    -2010: _refused("new order rejected"),
    -2011: _gone("no such open order"),
    -2013: _gone("no such order"),
    -2014: _configure("malformed API key", "copy the key again, without spaces"),
    -2015: _configure(
        "invalid API key, address or permission",
        "a key of another environment, futures not enabled, or an address outside the key's list",
    ),
    -2017: _configure("the account's API keys are locked", "unlock them at the venue"),
    -2018: _refused("balance not sufficient", "lower the amount", Blame.ACCOUNT),
    -2019: _refused("margin is insufficient", "lower the amount or the leverage in use", Blame.ACCOUNT),
    -2020: _refused("unable to fill"),
    -2021: _refused("would trigger at once"),
    -2022: _refused("nothing to reduce", "the position is read again", Blame.ACCOUNT),
    -2023: _refused("the account is being liquidated", "", Blame.ACCOUNT),
    -2024: _refused("position not sufficient", "the position is read again", Blame.ACCOUNT),
    -2025: _refused("too many open orders", "fewer levels", Blame.ACCOUNT),
    -2027: _refused("above the largest position at this leverage", "lower the amount or the leverage"),
    -2028: _refused("leverage too small for the margin balance", "", Blame.ACCOUNT),
    -4003: _refused("amount below zero"),
    -4004: _refused("amount below LOT_SIZE minimum"),
    -4005: _refused("amount above LOT_SIZE maximum"),
    -4014: _refused("price off the PRICE_FILTER tick"),
    -4015: _refused("client order id not allowed"),
    -4016: _refused("price above the PERCENT_PRICE band"),
    -4023: _refused("amount off the LOT_SIZE step"),
    -4024: _refused("price below the PERCENT_PRICE band"),
    -4028: _configure("leverage not allowed", "use one within the symbol's brackets"),
    -4045: _refused("too many conditional orders wait", "fewer of them: 200 an account", Blame.ACCOUNT),
    -4046: _done("the margin type is already so"),
    -4047: _configure("the margin type cannot change while orders of the pair are open", "cancel them first"),
    -4048: _configure("the margin type cannot change while a position of the pair is open", "close it first"),
    -4049: _configure("only an isolated position has margin of its own", "set the margin type first"),
    -4050: _refused("the cross wallet can't spare so much", "use less", Blame.ACCOUNT),
    -4051: _refused("the isolated position can't spare so much", "take back less", Blame.ACCOUNT),
    -4052: _done("already so"),
    -4054: _refused("there is no position to give margin to", "", Blame.ACCOUNT),
    -4055: _refused("an amount of margin is above zero"),
    -4059: _done("the position mode is already so"),
    OTHER_POSITION_MODE: _configure(
        "position side does not match the account's position mode", "the mode is read again"
    ),
    -4062: _refused("reduce-only not allowed here"),
    -4067: _configure("position mode cannot change while orders are open, on COIN-M too", "cancel them first"),
    -4068: _configure("position mode cannot change while a position is open, on COIN-M too", "close it first"),
    -4082: _refused("more orders in one request than it takes"),
    -4083: _unknown("the request for several orders failed"),
    -4087: _refused("the account may only reduce positions", "", Blame.ACCOUNT),
    -4088: _refused("the account may not trade", "", Blame.ACCOUNT),
    -4105: _refused("position risk control: the symbol takes reducing orders alone", "", Blame.ACCOUNT),
    -4106: _refused("position risk control: the symbol takes no opening buys", "", Blame.ACCOUNT),
    -4107: _refused("position risk control: the symbol takes no opening sells", "", Blame.ACCOUNT),
    -4109: _configure("the account is inactive", "transfer any amount into it"),
    -4116: _unknown("an open order already has this client order id"),
    -4117: _refused("the conditional order is being triggered", "what it becomes is cancelled"),
    -4118: _refused("reduce-only margin check failed", "the position is read again", Blame.ACCOUNT),
    -4120: _configure("this order type belongs to the conditional order service", "update the connector"),
    -4131: _refused("the best opposite price lies outside PERCENT_PRICE"),
    -4135: _refused("the activation price is not allowed"),
    -4136: _refused("closing a whole position is not allowed for this order type"),
    -4137: _refused("an amount beside closing the whole position"),
    -4140: _refused("the symbol does not accept opening orders now"),
    -4141: _refused("the symbol is closed"),
    -4142: _refused("would trigger at once"),
    -4161: _configure("the leverage of an isolated position can't be lowered", "close it first"),
    -4164: _refused("below MIN_NOTIONAL", "raise the amount"),
    -4167: _configure("multi-assets mode needs cross margin on every symbol", "set them to cross first"),
    -4168: _configure("there is no isolated margin in multi-assets mode", "switch to single-asset mode first"),
    -4169: _configure(
        "multi-assets mode cannot change: the margin is insufficient", "transfer more, or reduce positions"
    ),
    -4170: _configure("multi-assets mode cannot change while orders are open", "cancel them first"),
    -4171: _done("multi-assets mode is already so"),
    -4172: _configure("multi-assets mode cannot change while a balance is negative", "repay it first"),
    -4183: _refused("the limit price is too far above the trigger price"),
    -4184: _refused("the limit price is too far below the trigger price"),
    -4192: _configure("the account is in its cooling-off period", "wait until it ends"),
    **dict.fromkeys(
        (*range(-4209, -4201), -4403), _configure("this account may not use so high a leverage", "use a lower one")
    ),
    -4400: _refused("quantitative rules: only reducing orders for a while", "", Blame.ACCOUNT),
    -4401: _refused("large positions: only reducing orders for a while", "", Blame.ACCOUNT),
    -4402: _refused("for this region the symbol takes reducing orders alone", "", Blame.ACCOUNT),
    -4408: _refused("by regulation the symbol takes reducing orders alone", "", Blame.ACCOUNT),
    -4411: _refused(
        "the agreement for this kind of contract is not signed", "sign it: connector agreement sign", Blame.ACCOUNT
    ),
    -4531: _configure("position mode needs COIN-M without orders and positions", "end what is open there first"),
    -5021: _refused("fill-or-kill not fillable"),
    -5022: _refused("post-only would take"),
    -5024: _refused("the symbol's status forbids changes of orders"),
    -5025: _refused("only limit orders can be changed"),
    -5026: _refused("the order was changed too often", "cancel it and place another one"),
    -5027: _done("the order already has this price and amount"),
    -5028: _clock("timestamp outside the matching engine's receive window"),
    -5029: _refused("below MIN_NOTIONAL after the change", "raise the amount"),
    -5037: _refused("no such price match"),
    -5038: _refused("a price match is not allowed for this order type"),
    -5039: _refused("no such self-trade prevention"),
    -5040: _refused("the date of a GTD order is not allowed", "more than ten minutes ahead"),
    -5041: _refused("no depth for this price match"),
    -5043: _refused("another change of the order is under way"),
    -5047: _refused("the order is not reduce-only"),
}

_DEFAULT_REFUSAL: Final = _refused("refused")
_WRITE_UNKNOWN: Final = _unknown("the answer did not come")
_READ_FAILED: Final = FaultRule(Fate.NEVER_LIVED, _BACK, Blame.VENUE, "the venue did not answer")
_UNAVAILABLE: Final = FaultRule(Fate.NEVER_LIVED, _BACK, Blame.VENUE, "the service is unavailable")
_NOT_SENT: Final = FaultRule(Fate.NEVER_LIVED, _BACK, Blame.NETWORK, "no connection; nothing was sent")
_RESTRICTED: Final = _configure("refused for this location", "the exchange does not serve it")
_FIREWALL: Final = FaultRule(
    Fate.NEVER_LIVED, _PAUSE, Blame.CONFIGURATION, "refused by the exchange's firewall", "requests pause"
)
_RATE_LIMITED: Final = _rate_limited("too many requests")

_TOO_MANY_ORDERS: Final = -1015
_BEFORE_THE_EXCHANGE: Final = {403: _FIREWALL, 451: _RESTRICTED}
_UNKNOWN_STATUSES: Final = frozenset({408, 502, 504})
_BANNED_UNTIL: Final = re.compile(r"banned until (\d{13})")


def refusal_rule(code: int) -> FaultRule:
    """The rule for a refusal that came by another way than an answer; any refusal's where the code is not known."""
    return RULES.get(code, _DEFAULT_REFUSAL)


def rule_for_answer(http_status: int, code: int, text: str, *, is_write: bool) -> FaultRule:
    """The rule for an error answer. The text is looked at for 503 alone, where the venue hides the fact in it."""
    if http_status in (418, 429):
        return RULES[code] if code == _TOO_MANY_ORDERS else _RATE_LIMITED
    if code in RULES:
        rule = RULES[code]
        return _READ_FAILED if rule.fate is Fate.UNKNOWN and not is_write else rule
    if http_status in _BEFORE_THE_EXCHANGE:
        return _BEFORE_THE_EXCHANGE[http_status]
    if http_status == 503 and "Service Unavailable" in text:
        return _UNAVAILABLE
    if http_status in _UNKNOWN_STATUSES or http_status >= 500:
        return _WRITE_UNKNOWN if is_write else _READ_FAILED
    return _DEFAULT_REFUSAL


def is_counted(http_status: int, text: str) -> bool:
    """Whether a request with this error answer may count against the limits: one that met "Service Unavailable" never
    reached what counts."""
    return not (http_status == 503 and "Service Unavailable" in text)


def rule_for_silence(*, sent: bool, is_write: bool) -> FaultRule:
    """The rule when no answer came: the connection failed before, or broke after, the request left."""
    if not sent:
        return _NOT_SENT
    return _WRITE_UNKNOWN if is_write else _READ_FAILED


def banned_until_ms(text: str) -> int | None:
    """The end of an IP ban (venue's clock), which the venue tells only in its text."""
    match = _BANNED_UNTIL.search(text)
    return int(match[1]) if match else None
