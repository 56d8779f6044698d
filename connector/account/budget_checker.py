"""Whether orders can be paid for: always as of now.

The venue pushes the account's balance when trades move it, and nothing when an order merely reserves or releases
margin ("ACCOUNT_UPDATE": not pushed for unfilled or cancelled orders). So what is available is reckoned anew, at
each question, from the ledger and from our own working orders, those of unknown outcome included: what may live at
the venue holds its margin.

An order that can only close needs no collateral. Quotes on both sides of a one-way pair share theirs.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from connector.account.ledger import Ledger
from connector.account.margin_preview import BudgetSources, Cost, MarginPreview
from connector.core.amounts import ZERO, exact_number, floor_to, plain
from connector.core.order_candidate import PerpetualOrderCandidate


class BudgetChecker:
    """Answers `core.interface.BudgetCheckerView`, and says why not."""

    def __init__(self, ledger: Ledger, sources: BudgetSources) -> None:
        self._ledger = ledger
        self._sources = sources
        self._withheld: dict[str, Decimal] = {}

    def available_balance(self, asset: str) -> Decimal:
        """What may be pledged now, in `asset`; never negative. Without the prices of what is held: the venue's own
        figure."""
        preview = self._preview()
        if self._is_priced(preview):
            return preview.available(asset)
        balance = self._ledger.balance(asset)
        return (balance.available if balance else None) or ZERO

    def adjust_candidates(
        self, order_candidates: Sequence[PerpetualOrderCandidate], all_or_none: bool = True
    ) -> list[PerpetualOrderCandidate]:
        """The candidates with payable amounts, each beside those before it: as asked or 0 (`all_or_none`), else
        cut down to the lot grid. Raises `ArgumentFault` for a pair that is not traded, and for inexact numbers."""
        for candidate in order_candidates:
            exact_number("amount", candidate.amount)
        preview = self._preview()
        if not self._is_priced(preview, *(candidate.trading_pair for candidate in order_candidates)):
            return [replace(candidate, amount=ZERO) for candidate in order_candidates]
        adjusted: list[PerpetualOrderCandidate] = []
        for candidate in order_candidates:
            payable = self._payable(preview, candidate, all_or_none)
            preview.grant(payable)
            adjusted.append(payable)
        return adjusted

    def adjust_candidate(
        self, order_candidate: PerpetualOrderCandidate, all_or_none: bool = True
    ) -> PerpetualOrderCandidate:
        """One candidate with a payable amount."""
        return self.adjust_candidates([order_candidate], all_or_none)[0]

    def explain(self, candidate: PerpetualOrderCandidate) -> str:
        """Why the candidate cannot be paid for, with the numbers; empty when it can."""
        preview = self._preview()
        if not self._is_priced(preview, candidate.trading_pair):
            return f"{candidate.trading_pair}: no prices yet to reckon margin by"
        cost = preview.cost(candidate)
        what = f"{candidate.trading_pair} {candidate.order_side.name.lower()} {plain(candidate.amount)}"
        if not cost.is_within_leverage and cost.max_notional is not None:
            reached, most = plain(cost.exposure), plain(cost.max_notional)
            return f"{what} would reach a notional of {reached}; leverage {cost.leverage} allows {most}"
        if not cost.is_affordable:
            return (
                f"{what} needs {plain(cost.total)} {cost.asset} (margin {plain(cost.margin)} at leverage"
                f" {cost.leverage}, fees {plain(cost.fees)}); available {plain(cost.available)} {cost.asset}"
            )
        return ""

    def apply_snapshot(self) -> None:
        """Withhold what the venue's own figure says that others have taken.

        For an account that is shared with orders or positions outside our pairs. To be called right after a
        complete snapshot was applied, when what it says is available can be compared with what we reckon.
        """
        preview = MarginPreview(self._ledger, self._sources, {})
        if not self._is_priced(preview):
            return
        for asset, balance in self._ledger.balances.items():
            if balance.available is not None:
                self._withheld[asset] = max(ZERO, preview.available(asset) - balance.available)

    def _is_priced(self, preview: MarginPreview, *asked: str) -> bool:
        """Whether the pairs that margin is reckoned of, and those asked for, have prices. Others are not looked at."""
        return not any(self._sources.prices_of(pair).mark.is_nan() for pair in {*preview.pairs, *asked})

    def _preview(self) -> MarginPreview:
        return MarginPreview(self._ledger, self._sources, self._withheld)

    def _payable(
        self, preview: MarginPreview, candidate: PerpetualOrderCandidate, all_or_none: bool
    ) -> PerpetualOrderCandidate:
        if candidate.position_close or _is_payable(preview.cost(candidate)):
            return candidate
        return replace(candidate, amount=ZERO if all_or_none else self._most(preview, candidate))

    def _most(self, preview: MarginPreview, candidate: PerpetualOrderCandidate) -> Decimal:
        """The greatest payable amount on the lot grid: cost never falls as the amount grows."""
        rule = self._sources.rules[candidate.trading_pair]
        grid = rule.step_size if candidate.order_type.is_limit_type() else rule.market_step_size
        step = grid or candidate.amount
        payable, refused = 0, int(floor_to(step, candidate.amount) / step) + 1
        while refused - payable > 1:
            middle = (payable + refused) // 2
            if _is_payable(preview.cost(replace(candidate, amount=middle * step))):
                payable = middle
            else:
                refused = middle
        return payable * step


def _is_payable(cost: Cost) -> bool:
    return cost.is_affordable and cost.is_within_leverage
