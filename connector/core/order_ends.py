"""How an order ended, as a type: by whose will, and why."""

from dataclasses import dataclass
from enum import StrEnum

from connector.core.enums import OrderState


class ExpiryReason(StrEnum):
    """Why the venue ended an order that it had taken."""

    SELF_TRADE_PREVENTION = "self_trade_prevention"
    #: What an immediate-or-cancel order did not get at once.
    IMMEDIATE_REMAINDER = "immediate_remainder"
    #: Another reduce-only order went before it, or it would have turned the position round.
    REDUCE_ONLY_SURPLUS = "reduce_only_surplus"
    LIQUIDATION = "liquidation"
    #: It lived no longer than a position that is gone.
    POSITION_GONE = "position_gone"
    GOOD_TILL_DATE = "good_till_date"
    DELISTING = "delisting"
    TRIGGERED = "triggered"
    #: A market order that reached the bound of its price, or the end of the book.
    MARKET_REMAINDER = "market_remainder"
    FILL_OR_KILL = "fill_or_kill"
    POST_ONLY = "post_only"
    #: Not said, or by a word that is not known.
    OTHER = "other"


class VenueAct(StrEnum):
    """Why the venue itself placed an order on an account."""

    LIQUIDATION = "liquidation"
    AUTO_DELEVERAGING = "auto_deleveraging"
    #: The contract ended: by delisting, or by delivery.
    SETTLEMENT = "settlement"


class RejectionKind(StrEnum):
    """Why an order was not taken."""

    POST_ONLY = "post_only"
    FILTER = "filter"
    MARGIN = "margin"
    REDUCE_ONLY = "reduce_only"
    RATE = "rate"
    QUANTITATIVE_RULE = "quantitative_rule"
    AGREEMENT = "agreement"
    #: It never left: it would pass a limit that the user set.
    RISK_LIMIT = "risk_limit"
    #: It never left: the connector itself kept it.
    NOT_SENT = "not_sent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refusal, with the filter that it broke where one did."""

    kind: RejectionKind
    #: The venue's number, 0 without one.
    code: int = 0
    #: The filter's name, what it allows and what was asked for, as text; empty where no filter is the matter, or
    #: where nobody said.
    filter: str = ""
    limit: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class OrderEnd:
    """The end of an order. At most one of the two reasons is there: of EXPIRED, or of FAILED."""

    state: OrderState
    expiry: ExpiryReason | None = None
    rejection: Rejection | None = None
