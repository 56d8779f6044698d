"""A fault as the typed end of the order that it speaks of."""

from collections.abc import Callable

from connector.core.amounts import plain
from connector.core.faults import Blame, Fault
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.trading_rule import BrokenRule, TradingRule
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.order_ends import FILTERS, REJECTION_KINDS

#: What the rule that a code names allows.
_LIMITS: dict[int, Callable[[TradingRule], str]] = {
    -4004: lambda rule: f"minimum {plain(rule.min_amount)}",
    -4005: lambda rule: f"maximum {plain(rule.max_amount)}",
    -4014: lambda rule: f"tick {plain(rule.tick_size)}",
    -4023: lambda rule: f"step {plain(rule.step_size)}",
    **dict.fromkeys((-4016, -4183), lambda rule: f"at most x {plain(rule.price_band_up)}"),
    **dict.fromkeys((-4024, -4184), lambda rule: f"at least x {plain(rule.price_band_down)}"),
    -2025: lambda rule: f"maximum {rule.max_orders}",
    **dict.fromkeys((-4164, -5029), lambda rule: f"minimum {plain(rule.min_notional)} {rule.quote_asset}"),
}
#: It never left: the connector itself kept it.
NOT_SENT = Rejection(RejectionKind.NOT_SENT)
#: Neither did this: the exchange would have found too little margin.
UNPAID = Rejection(RejectionKind.MARGIN)
#: Nor this: a limit of the user's own would be passed.
BEYOND_LIMIT = Rejection(RejectionKind.RISK_LIMIT)
_OF_THE_AMOUNT = frozenset({"LOT_SIZE", "MIN_NOTIONAL"})


def kept_by(broken: BrokenRule) -> Rejection:
    """An order that was not sent, for the rule that it breaks."""
    return Rejection(RejectionKind.FILTER, 0, broken.rule, broken.limit, broken.value)


def rejection_of(fault: Fault, terms: InFlightOrder | Change, rule: TradingRule | None) -> Rejection:
    """What a refusal of an order, or of its change, is. `rule` is that of its pair, None where it is not traded any
    more."""
    code = fault.code
    if not code and not fault.http_status:
        return NOT_SENT
    is_rate = fault.rule.blame is Blame.RATE_LIMIT
    kind = REJECTION_KINDS.get(code, RejectionKind.RATE if is_rate else RejectionKind.OTHER)
    if kind is not RejectionKind.FILTER:
        return Rejection(kind, code)
    name = FILTERS[code]
    limit = _LIMITS[code](rule) if rule is not None and code in _LIMITS else ""
    value = f"amount {plain(terms.amount)}" if name in _OF_THE_AMOUNT else ""
    if not value and terms.price is not None:
        value = f"price {plain(terms.price)}"
    return Rejection(kind, code, name, limit, value)
