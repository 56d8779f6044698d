"""What the budget says to one candidate: the rule, the figures, and the amount that would pass."""

from dataclasses import dataclass
from decimal import Decimal

from connector.account.margin_book import Need
from connector.account.pair_budget import PairBudget
from connector.core.amounts import ZERO, from_e8, plain
from connector.core.enums import OrderType
from connector.core.order_candidate import PerpetualOrderCandidate


@dataclass(slots=True)
class Answer:
    """One candidate's figures."""

    candidate: PerpetualOrderCandidate
    pair: PairBudget
    leverage: int
    #: Before the candidate.
    free_e8: int
    is_priced: bool = True
    is_paid: bool = True
    margin_e8: int = 0
    fees_e8: int = 0
    #: The largest notional that its position side would come to.
    exposure_e8: int = 0
    #: Where it is not paid for: the greatest amount on the lot grid that is.
    most: Decimal = ZERO
    #: Of a closing one: what is left to close.
    room: Decimal | None = None

    @property
    def asset(self) -> str:
        return self.pair.margin_asset

    def take(self, need: Need, *, is_paid: bool) -> None:
        self.margin_e8, self.fees_e8, self.exposure_e8 = need.margin_e8, need.fees_e8, need.exposure_e8
        self.is_paid = is_paid


def answer_text(answer: Answer) -> str:
    """Why the candidate is not granted as it is; empty where it is."""
    candidate = answer.candidate
    what = f"{candidate.trading_pair} {candidate.order_side.name.lower()} {plain(candidate.amount)}"
    if not candidate.amount:
        return ""
    if answer.room is not None:
        return _too_much_closed(what, answer.room) if answer.room < candidate.amount else ""
    if not answer.is_priced:
        return f"{candidate.trading_pair}: no prices yet to reckon margin by"
    return _below_minimum(what, answer) or ("" if answer.is_paid else _not_paid(what, answer))


def _too_much_closed(what: str, room: Decimal) -> str:
    if not room:
        return f"{what} has nothing to close: there is no position that waiting orders do not close"
    return f"{what} is more than is left to close: {plain(room)} would pass"


def _below_minimum(what: str, answer: Answer) -> str:
    candidate, rule = answer.candidate, answer.pair.rule
    is_limit = candidate.order_type is not OrderType.MARKET
    mark = from_e8(answer.pair.sums.mark_e8)
    price = candidate.price if is_limit and not candidate.price.is_nan() else mark
    least = max(rule.least_amount(price), ZERO if is_limit else rule.min_market_amount)
    broken = rule.broken_minimum(candidate.amount, price, candidate.order_type)
    return "" if broken is None else f"{what}: {broken.rule} ({broken.limit}); {plain(least)} would pass"


def _not_paid(what: str, answer: Answer) -> str:
    cap_e8 = answer.pair.sums.cap_e8
    passes = _passing(answer)
    if answer.margin_e8 > 0 and answer.exposure_e8 > cap_e8:
        reached, most = plain(from_e8(answer.exposure_e8)), plain(from_e8(cap_e8))
        return f"{what} would reach a notional of {reached}; leverage {answer.leverage} allows {most}; {passes}"
    needed, asset = plain(from_e8(answer.margin_e8 + answer.fees_e8)), answer.asset
    return (
        f"{what} needs {needed} {asset} (margin {plain(from_e8(answer.margin_e8))} at leverage"
        f" {answer.leverage}, fees {plain(from_e8(answer.fees_e8))}); available {plain(from_e8(answer.free_e8))}"
        f" {asset}; {passes}"
    )


def _passing(answer: Answer) -> str:
    """The amount that would pass; one below the pair's minimum does not."""
    candidate, pair = answer.candidate, answer.pair
    is_limit = candidate.order_type is not OrderType.MARKET
    sized = pair.sized(answer.most)
    price = candidate.price if is_limit and not candidate.price.is_nan() else from_e8(pair.sums.mark_e8)
    is_enough = pair.is_least(sized, is_limit=is_limit) and (
        pair.rule.broken_minimum(answer.most, price, candidate.order_type) is None
    )
    return f"{plain(answer.most)} would pass" if is_enough else "no amount would pass"
