"""One pair as the budget sees it: its sums, its rule in whole numbers, and what closing orders leave to close."""

from decimal import Decimal
from typing import Final, Protocol

from connector.account.brackets import Brackets
from connector.account.entry_cost import EntryCost
from connector.account.liquidation_price import PairTerms, Stake
from connector.account.margin_book import BOTH, LONG, NO_CAP, SHORT, AssetSum, PairSums
from connector.account.order_cost import MarketPrices, order_cost_e8, order_prices
from connector.core.amounts import E8, from_e8, to_e8
from connector.core.enums import PositionAction, PositionSide, TradeType
from connector.core.reports import Fill, PositionReport
from connector.core.trading_rule import TradingRule
from connector.venue.contracts import ContractMath

#: Position sides by their number in the margin book.
SIDES: Final = ((BOTH, PositionSide.BOTH), (LONG, PositionSide.LONG), (SHORT, PositionSide.SHORT))


class WantedTerms(Protocol):
    """What an open order was asked to become."""

    @property
    def price(self) -> Decimal: ...


class WorkingOrder(Protocol):
    """What the budget needs to know of an order that is, or may be, open."""

    @property
    def client_order_id(self) -> str: ...
    @property
    def trading_pair(self) -> str: ...
    @property
    def trade_type(self) -> TradeType: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def claimed_amount(self) -> Decimal:
        """What may still trade; beside a change that is not answered, the more of before and after it."""

    @property
    def change(self) -> WantedTerms | None:
        """A change that is not answered."""

    @property
    def waits_for_trigger(self) -> bool:
        """Whether the venue keeps it apart, and holds nothing for it."""

    @property
    def position_action(self) -> PositionAction: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def ghost(self) -> bool: ...
    @property
    def cancel_wanted(self) -> bool: ...
    @property
    def cancel_requested_ms(self) -> int | None: ...


class PairBudget:
    """Kept by the events of its orders, its positions and its prices."""

    __slots__ = (
        "_costs", "_fee_rate", "_highest_e8", "_last_trade", "_rows", "_seen", "asset", "closers", "closers_granted",
        "contract", "least_limit", "least_market", "least_value", "margin_asset", "rule", "size", "sums", "symbol",
    )  # fmt: skip

    def __init__(self, contract: ContractMath, rule: TradingRule, asset: AssetSum) -> None:
        self.contract, self.asset = contract, asset
        self.sums = PairSums(contract, asset)
        self.symbol, self.margin_asset = rule.symbol, rule.margin_asset
        #: What is to be closed by waiting orders of a side, by (position side, whether they buy).
        self.closers: dict[tuple[int, bool], int] = {}
        #: The same of candidates that were granted in the present question.
        self.closers_granted: dict[tuple[int, bool], int] = {}
        self._rows: dict[int, tuple[PositionReport | None, bool]] = {}
        self._costs = tuple(EntryCost(contract) for _ in SIDES)
        #: The newest trade that was counted: trades are told more than once.
        self._last_trade = 0
        self._seen: tuple[Decimal, ...] = ()
        self._fee_rate: Decimal | None = None
        self.take_rule(rule)

    def take_rule(self, rule: TradingRule) -> None:
        """The pair's rule as it is now."""
        self.rule = rule
        #: Of a contract; None: 1.
        self.size = None if rule.contract_size == 1 else rule.contract_size
        self.least_limit = self.sized(rule.min_amount)
        self.least_market = self.sized(max(rule.min_amount, rule.min_market_amount))
        #: The highest price of an order, 0 where there is no limit.
        self._highest_e8 = to_e8(rule.max_price)
        #: Compared with amount x price, both in 1e-8.
        self.least_value = to_e8(rule.min_notional) * E8

    def sized(self, amount: Decimal) -> int:
        """An amount x contract size in 1e-8."""
        return to_e8(amount) if self.size is None else to_e8(amount * self.size)

    def amount(self, sized: int) -> Decimal:
        """The amount of `sized`."""
        return from_e8(sized) if self.size is None else from_e8(sized) / self.size

    def take_prices(self, prices: MarketPrices) -> bool:
        """Whether the pair has prices; those of before stay where one is not known now."""
        mark, last, bid, ask = prices.mark, prices.last, prices.best_bid, prices.best_ask
        seen = self._seen
        if seen and mark is seen[0] and last is seen[1] and bid is seen[2] and ask is seen[3]:
            return True
        if not any(price.is_nan() or price <= 0 for price in (mark, last, bid, ask)):
            self._seen = (mark, last, bid, ask)
            self.sums.set_prices(*prices.in_e8())
        elif not (mark.is_nan() or mark <= 0):
            # An empty side of the book, or no trade yet, hides no mark: the exchange takes it for what is missing.
            known = (mark if price.is_nan() or price <= 0 else price for price in (last, bid, ask))
            self.take_prices(MarketPrices(mark, *known))
        return bool(self.sums.mark_e8)

    def dearer(self, is_buy: bool, one_e8: int, other_e8: int) -> int:
        """Of two prices of a limit order the one at which it takes more, at the pair's prices of now."""
        if one_e8 == other_e8 or not self._seen:
            return max(one_e8, other_e8)
        contract, prices_e8 = self.contract, MarketPrices(*self._seen).in_e8()

        def cost(price_e8: int) -> int:
            prices = order_prices(is_buy=is_buy, price_e8=price_e8, prices_e8=prices_e8)
            return order_cost_e8(
                contract, E8, self.sums.leverage, is_buy=is_buy, prices=prices, mark_e8=self.sums.mark_e8
            )

        return max(one_e8, other_e8, key=cost)

    def take_fee(self, rate: Decimal) -> None:
        """The share of the notional that is reserved for fees."""
        if rate is not self._fee_rate:
            self._fee_rate, self.sums.fee_e8 = rate, to_e8(rate)

    def take_terms(self, leverage: int, max_notional: Decimal | None) -> None:
        self.sums.set_terms(leverage, NO_CAP if max_notional is None else to_e8(max_notional))

    def take_brackets(self, brackets: Brackets) -> None:
        self.sums.set_brackets(brackets)

    def take_position(self, which: int, row: PositionReport | None, *, is_isolated: bool) -> None:
        """The venue's word on one position side; None: there is none. `is_isolated`: the margin type of the pair."""
        known = self._rows.get(which)
        if known is not None and known[1] is is_isolated and (known[0] is row or known[0] == row):
            return
        self._rows[which] = row, is_isolated
        sized = 0
        if row is None:
            self._costs[which].tell(0, 0, 0)
        else:
            sized = self.sized(row.amount)
            self._costs[which].tell(sized, to_e8(row.entry_price), self.contract.cost(row.entry_price, sized))
        self._hold(which, sized)

    def take_trade(self, which: int, fill: Fill, *, is_buy: bool) -> None:
        """A trade of the account, each once: it tells the exact entry value."""
        trade_id = int(fill.trade_id) if fill.trade_id.isdecimal() else 0
        if trade_id <= self._last_trade:
            return
        self._last_trade = trade_id
        sized = to_e8(fill.amount) if self.size is None else self.sized(fill.amount)
        self._costs[which].trade(sized if is_buy else -sized, to_e8(fill.price))
        if which in self._rows:
            self._hold(which, self.sums.held(which))

    def _hold(self, which: int, sized: int) -> None:
        self.sums.hold(which, sized, self._costs[which].units if sized else 0, self._rows[which][1])

    def is_isolated(self, which: int) -> bool:
        """Whether one position side is, or would be, backed by what is posted for it alone."""
        told = self._rows.get(which)
        return told is not None and told[1]

    def liquidation_terms(self) -> PairTerms | None:
        """What liquidation depends on; None before mark and brackets are known."""
        sums = self.sums
        if not sums.brackets or not sums.mark_e8:
            return None
        return PairTerms(self.contract, sums.brackets, sums.mark_e8, self._highest_e8)

    def stake(self, which: int) -> Stake:
        """Amount and entry value of one position side."""
        return Stake(self.sums.held(which), self._costs[which].units)

    def stakes_beside(self, which: int) -> tuple[Stake, ...]:
        """Of the position sides that are liquidated together with one, itself among them."""
        return (self.stake(BOTH),) if which == BOTH else (self.stake(LONG), self.stake(SHORT))

    def is_least(self, sized: int, *, is_limit: bool) -> bool:
        """Whether an amount passes the lot filter's minimum."""
        return sized >= (self.least_limit if is_limit else self.least_market) and sized > 0

    def is_worth(self, sized: int, price_e8: int) -> bool:
        """Whether an opening order passes the minimum notional; a market order's is reckoned at mark."""
        return sized * (price_e8 or self.sums.mark_e8) >= self.least_value

    def room_to_close(self, which: int, is_buy: bool) -> int:
        """What of a position no waiting order closes yet."""
        held = self.sums.held(which)
        key = which, is_buy
        waiting = self.closers.get(key, 0) + self.closers_granted.get(key, 0)
        return max(0, (-held if is_buy else held) - waiting)

    def release(self) -> None:
        """Forgets what was granted in a question."""
        self.sums.release()
        self.closers_granted.clear()
