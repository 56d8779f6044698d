"""Whether orders can be paid for: always as of now, and with what the exchange would answer.

Its verdict is the exchange's own (-2019, -2027, -4164 are seen before sending), with one difference that is a setting:
`reserve_fees` keeps back the fee of what would open, since the exchange reserves none and books it at the fill.

An order that can only close needs no collateral and takes no more than the position less what waiting orders close.
Quotes on both sides of a one-way pair share theirs.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from connector.account.budget_answers import Answer, answer_text
from connector.account.ledger import Ledger
from connector.account.margin_book import BOTH, LONG, SHORT
from connector.account.margin_drift import FreeMargin
from connector.account.margin_figures import MarginFigures
from connector.account.margin_state import BudgetSources, MarginState
from connector.account.order_holds import position_side
from connector.account.pair_budget import PairBudget, WorkingOrder
from connector.core.amounts import NAN, ZERO, exact_number, floor_to, from_e8, to_e8
from connector.core.enums import OrderType, PositionSide, TradeType
from connector.core.intents import OrderIntent
from connector.core.interface import MarketDataView
from connector.core.order_candidate import PerpetualOrderCandidate, TokenAmount
from connector.core.reports import Fill

_BUY, _MARKET = TradeType.BUY, OrderType.MARKET


class BudgetChecker:
    """Answers `core.interface.BudgetCheckerView`, and says why not."""

    def __init__(self, ledger: Ledger, sources: BudgetSources) -> None:
        self._ledger, self._sources = ledger, sources
        self._state = MarginState(ledger, sources)
        self.figures = MarginFigures(ledger, self._state)
        self._asked: dict[str, PairBudget] = {}
        #: The same in multi-assets mode, where each candidate is asked what the ones before it leave of all assets.
        self._asked_jointly: dict[str, PairBudget] = {}
        #: What the venue had less free than was reckoned, at the last look.
        self._missing_e8: dict[str, int] = {}
        #: Whether the last snapshot came before the prices that it is compared at: another one is wanted soon.
        self.awaits_snapshot = False

    @property
    def state(self) -> MarginState:
        """The sums that it answers by."""
        return self._state

    def take_order(self, order: WorkingOrder) -> None:
        """An order of ours is new, or changed."""
        self._state.take_order(order)

    def take_mark(self, market: MarketDataView) -> None:
        """A pair's mark price moved."""
        self._state.take_prices(market.trading_pair)

    def take_trade(self, trading_pair: str, side: PositionSide, trade_type: TradeType, fill: Fill) -> None:
        """A trade of the account, whoever's order it was of."""
        self._state.take_trade(trading_pair, side, trade_type, fill)

    def take_late(self) -> None:
        """Trades were told that it was not told of (`BudgetSources.late_fills`)."""
        self._state.count_late()

    @property
    def is_joint(self) -> bool:
        """Whether all assets together back all positions: what each counts for is to be read from time to time."""
        return self._ledger.is_multi_assets

    @property
    def lacks_rates(self) -> bool:
        """Whether the account is in multi-assets mode, and nobody told what assets count for."""
        return self._ledger.is_multi_assets and not self._ledger.has_rates

    def available_balance(self, asset: str) -> Decimal:
        """What may be pledged now, in `asset`; never negative. Without the prices of what is held: the venue's own
        figure."""
        if self._state.unpriced:
            balance = self._ledger.balance(asset)
            return (balance.available if balance else None) or ZERO
        self._state.asset(asset)
        self._state.share_out()
        return from_e8(max(0, self._state.asset(asset).free_e8))

    def adjust_candidates(
        self, order_candidates: Sequence[PerpetualOrderCandidate], all_or_none: bool = True
    ) -> list[PerpetualOrderCandidate]:
        """The candidates with payable amounts, each beside those before it: as asked or 0 (`all_or_none`), else
        cut down to the lot grid. A closing one is cut to what is left to close in either case.

        Raises `ArgumentFault` for a pair that is not traded, and for inexact numbers.
        """
        try:
            return [self._adjusted(candidate, all_or_none) for candidate in order_candidates]
        finally:
            self._release()

    def adjust_candidate(
        self, order_candidate: PerpetualOrderCandidate, all_or_none: bool = True
    ) -> PerpetualOrderCandidate:
        """One candidate with a payable amount."""
        try:
            return self._adjusted(order_candidate, all_or_none)
        finally:
            self._release()

    def populate_collateral_entries(self, order_candidate: PerpetualOrderCandidate) -> PerpetualOrderCandidate:
        """The candidate as it is, with what it would take: margin and, where they are reserved, fees."""
        answer = self.answer(order_candidate)
        return replace(
            order_candidate,
            order_collateral=TokenAmount(answer.asset, from_e8(answer.margin_e8)),
            percent_fee_collateral=TokenAmount(answer.asset, from_e8(answer.fees_e8)),
        )

    def explain(self, candidate: PerpetualOrderCandidate, before: Sequence[PerpetualOrderCandidate] = ()) -> str:
        """Why the candidate, beside those asked for `before` it, is not granted as it is: the rule, the figures and
        the amount that would pass; empty where it is."""
        return answer_text(self.answer(candidate, before))

    def unpaid(self, intent: OrderIntent) -> str:
        """Why an order that is about to be placed would not be granted for what it takes; empty where it would.

        It says nothing of orders that only reduce, of conditional ones, whose margin is looked for when they are
        triggered, and of any while prices are missing: the exchange knows.
        """
        if intent.reduces_only or intent.order_type.is_conditional:
            return ""
        try:
            pair = self._pair(intent.trading_pair)
            if self._state.unpriced or not pair.sums.mark_e8:
                return ""
            is_buy = intent.trade_type is _BUY
            which = BOTH if not self._state.is_hedge else LONG if is_buy else SHORT
            price_e8 = 0 if intent.price is None else to_e8(intent.price)
            if pair.sums.can_pay(which, is_buy, price_e8, pair.sized(intent.amount)):
                return ""
        finally:
            self._release()
        return self.explain(_candidate(intent))

    def answer(self, candidate: PerpetualOrderCandidate, before: Sequence[PerpetualOrderCandidate] = ()) -> Answer:
        """What `explain` tells, as figures."""
        try:
            for one in before:
                self._adjusted(one, all_or_none=False)
            return self._answered(candidate)
        finally:
            self._release()

    def apply_snapshot(self) -> tuple[FreeMargin, ...]:
        """Withhold what the venue's own figure says that others have taken; returns both figures of each asset.

        For an account that is shared with orders or positions outside our pairs. To be called right after a
        complete snapshot was applied, when what it says is available can be compared with what we reckon, at the marks
        of the snapshot: a mark that moved since withholds nothing.
        """
        self.awaits_snapshot = bool(self._state.unpriced)
        if self.awaits_snapshot:
            return ()
        found: list[FreeMargin] = []
        self._state.value_as_told()
        for name, balance in self._ledger.balances.items():
            if balance.available is not None:
                asset = self._state.asset(name)
                self._state.withhold(name, 0)
                self._state.share_out()
                ours_e8 = max(0, asset.free_e8)
                self._state.withhold(name, self._held_by_others(name, max(0, ours_e8 - to_e8(balance.available))))
                found.append(FreeMargin(name, from_e8(ours_e8), balance.available, balance.wallet))
        self._state.value_as_known()
        return tuple(found)

    def _held_by_others(self, name: str, missing_e8: int) -> int:
        """What two looks in a row agree on: between the answers that a look is made of, marks move."""
        before_e8, self._missing_e8[name] = self._missing_e8.get(name, missing_e8), missing_e8
        return min(before_e8, missing_e8)

    def forget(self, trading_pair: str) -> None:
        """The pair is traded no more, and nothing is held there."""
        self._state.forget(trading_pair)

    def _pair(self, trading_pair: str) -> PairBudget:
        """A pair, with the prices of this question."""
        is_joint = self._ledger.is_multi_assets
        asked = self._asked_jointly if is_joint else self._asked
        pair = asked.get(trading_pair)
        if pair is None:
            pair = asked[trading_pair] = self._state.pair(trading_pair)
            if self._sources.reserve_fees:
                pair.take_fee(self._sources.fee_rate(trading_pair))
        if is_joint:
            self._state.share_out()
        return pair

    def _release(self) -> None:
        for asked in (self._asked, self._asked_jointly) if self._asked_jointly else (self._asked,):
            for pair in asked.values():
                pair.release()
                pair.asset.granted_e8 = 0
            asked.clear()

    def _adjusted(self, candidate: PerpetualOrderCandidate, all_or_none: bool) -> PerpetualOrderCandidate:
        wanted = candidate.amount
        if type(wanted) is not Decimal or not wanted.is_finite():
            wanted = exact_number("amount", wanted)
        trading_pair = candidate.trading_pair
        pair = self._asked.get(trading_pair) or self._pair(trading_pair)
        sums, state, is_buy = pair.sums, self._state, candidate.order_side is _BUY
        sized = pair.sized(wanted)
        if candidate.position_close:
            return self._closing(pair, candidate, sized)
        if state.unpriced or not sums.mark_e8:
            return replace(candidate, amount=ZERO)
        which = BOTH if not state.is_hedge else LONG if is_buy else SHORT
        if candidate.order_type is _MARKET:
            price_e8, least = 0, pair.least_market
        else:
            price = candidate.price
            price_e8, least = 0 if price.is_nan() else to_e8(price), pair.least_limit
            if price_e8 < 0:
                price_e8 = 0
        if sized < least or not sized or sized * (price_e8 or sums.mark_e8) < pair.least_value:
            return replace(candidate, amount=ZERO)
        if sums.grant(which, is_buy, price_e8, sized):
            return candidate
        most = ZERO if all_or_none else self._most(pair, candidate, which)
        sized = pair.sized(most)
        is_enough = sized >= least and sized > 0 and pair.is_worth(sized, price_e8)
        is_granted = is_enough and sums.grant(which, is_buy, price_e8, sized)
        return replace(candidate, amount=most if is_granted else ZERO)

    def _closing(self, pair: PairBudget, candidate: PerpetualOrderCandidate, sized: int) -> PerpetualOrderCandidate:
        is_buy = candidate.order_side is _BUY
        which = position_side(self._ledger.assumed_mode, is_buy=is_buy, closes=True)
        taken = min(sized, pair.room_to_close(which, is_buy))
        key = which, is_buy
        pair.closers_granted[key] = pair.closers_granted.get(key, 0) + taken
        return candidate if taken == sized else replace(candidate, amount=pair.amount(taken))

    def _most(self, pair: PairBudget, candidate: PerpetualOrderCandidate, which: int) -> Decimal:
        """The greatest payable amount on the lot grid: cost never falls as the amount grows."""
        is_buy, price_e8, sums = candidate.order_side is _BUY, _price_e8(candidate), pair.sums
        grid = pair.rule.step_size if candidate.order_type is not _MARKET else pair.rule.market_step_size
        step = grid or candidate.amount
        step_sized = pair.sized(step)
        payable, refused = 0, int(floor_to(step, candidate.amount) / step) + 1
        while refused - payable > 1:
            middle = (payable + refused) // 2
            if sums.can_pay(which, is_buy, price_e8, middle * step_sized):
                payable = middle
            else:
                refused = middle
        return payable * step

    def _answered(self, candidate: PerpetualOrderCandidate) -> Answer:
        wanted = exact_number("amount", candidate.amount)
        pair = self._pair(candidate.trading_pair)
        is_buy, closes = candidate.order_side is _BUY, candidate.position_close
        which = position_side(self._ledger.assumed_mode, is_buy=is_buy, closes=closes)
        answer = Answer(candidate, pair, leverage=pair.sums.leverage, free_e8=max(0, pair.asset.free_e8))
        if closes:
            answer.room = pair.amount(pair.room_to_close(which, is_buy))
            return answer
        answer.is_priced = bool(pair.sums.mark_e8) and not self._state.unpriced
        if answer.is_priced and wanted:
            need = pair.sums.need(which, is_buy, _price_e8(candidate), pair.sized(wanted))
            answer.take(need, is_paid=pair.sums.pays(need))
            if not answer.is_paid:
                answer.most = self._most(pair, candidate, which)
        return answer


def _candidate(intent: OrderIntent) -> PerpetualOrderCandidate:
    return PerpetualOrderCandidate(
        trading_pair=intent.trading_pair,
        is_maker=intent.order_type is OrderType.LIMIT_MAKER,
        order_type=intent.order_type,
        order_side=intent.trade_type,
        amount=intent.amount,
        price=NAN if intent.price is None else intent.price,
        position_close=intent.reduces_only,
    )


def _price_e8(candidate: PerpetualOrderCandidate) -> int:
    """0 for a market order, whose price is the assumed one, and for a limit order that names none."""
    if candidate.order_type is _MARKET:
        return 0
    price = candidate.price
    return 0 if price.is_nan() or price <= 0 else to_e8(price)
