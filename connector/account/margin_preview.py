"""The collateral of one moment: what is free of each asset, and what one more order would take.

A preview is made for one question and thrown away. What it grants counts for what is asked of it next.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from connector.account.collateral import (
    MarginTerms,
    MarketPrices,
    OpeningOrder,
    available_balance,
    exposure,
    pair_margin,
)
from connector.account.ledger import Ledger
from connector.core.amounts import ZERO
from connector.core.enums import MarginType, PositionAction, PositionSide, TradeType
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.reports import PositionReport
from connector.core.trading_rule import TradingRule
from connector.venue.contracts import ContractMath


class WorkingOrder(Protocol):
    """What the budget needs to know of an order that is, or may be, open."""

    @property
    def trading_pair(self) -> str: ...
    @property
    def trade_type(self) -> TradeType: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def remaining_amount(self) -> Decimal: ...
    @property
    def position_action(self) -> PositionAction: ...


@dataclass(frozen=True, slots=True)
class BudgetSources:
    """Where the budget asks."""

    contract: ContractMath
    #: Of the pairs that are traded, by trading pair.
    rules: Mapping[str, TradingRule]
    #: All that hold margin, whatever their state.
    working_orders: Callable[[], Iterable[WorkingOrder]]
    #: Of a traded pair.
    prices_of: Callable[[str], MarketPrices]
    #: Of a traded pair, as a fraction of the notional.
    fee_rate: Callable[[str], Decimal]


@dataclass(frozen=True, slots=True)
class Cost:
    """What an order would take of `asset`, and what there is."""

    asset: str
    margin: Decimal
    fees: Decimal
    available: Decimal
    leverage: int
    #: The notional that the order's side of the pair would reach.
    exposure: Decimal
    #: The most that the leverage allows; None when unknown.
    max_notional: Decimal | None

    @property
    def total(self) -> Decimal:
        return self.margin + self.fees

    @property
    def is_affordable(self) -> bool:
        return self.total <= self.available

    @property
    def is_within_leverage(self) -> bool:
        return self.max_notional is None or self.exposure <= self.max_notional


class MarginPreview:
    """What may still be pledged, and what an order would take of it, in the margin asset."""

    def __init__(self, ledger: Ledger, sources: BudgetSources, withheld: Mapping[str, Decimal]) -> None:
        """`withheld` by asset is taken off what is free."""
        self._ledger = ledger
        self._sources = sources
        self._withheld = withheld
        self._granted: dict[str, Decimal] = {}
        self._free: dict[str, Decimal] = {}
        self._orders: dict[str, list[OpeningOrder]] = {}
        for order in sources.working_orders():
            if order.position_action is not PositionAction.CLOSE and order.remaining_amount:
                opening = OpeningOrder(order.trade_type, order.remaining_amount, order.price)
                self._orders.setdefault(order.trading_pair, []).append(opening)
        self._positions: dict[str, list[PositionReport]] = {}
        for position in ledger.positions:
            self._positions.setdefault(position.symbol, []).append(position)

    @property
    def pairs(self) -> set[str]:
        """The traded pairs that hold margin: by an open order, or by a position."""
        held = {rule.trading_pair for rule in self._sources.rules.values() if rule.symbol in self._positions}
        return held | (self._orders.keys() & self._sources.rules.keys())

    def available(self, asset: str) -> Decimal:
        """What may still be pledged; never negative."""
        if asset not in self._free:
            self._free[asset] = self._computed(asset)
        taken = self._withheld.get(asset, ZERO) + self._granted.get(asset, ZERO)
        return max(ZERO, self._free[asset] - taken)

    def cost(self, candidate: PerpetualOrderCandidate) -> Cost:
        """What the candidate would take beside all that is open and granted. One that closes takes nothing."""
        rule = self._sources.rules[candidate.trading_pair]
        terms = self._terms(rule, candidate.leverage)
        opening = _opening(candidate)
        amounts, waiting = self._signed(rule), self._orders.get(rule.trading_pair, [])
        orders = waiting if candidate.position_close else [*waiting, opening]
        margin = pair_margin(amounts, orders, terms).total - pair_margin(amounts, waiting, terms).total
        fees = terms.order_notional(opening) * self._sources.fee_rate(rule.trading_pair)
        return Cost(
            asset=rule.margin_asset,
            margin=margin,
            fees=ZERO if candidate.position_close else fees,
            available=self.available(rule.margin_asset),
            leverage=terms.leverage,
            exposure=exposure(amounts, orders, terms)[candidate.order_side],
            max_notional=None if candidate.position_close else self._ledger.max_notional(rule.symbol),
        )

    def grant(self, candidate: PerpetualOrderCandidate) -> None:
        """Take the candidate's cost out of what is free, and count it among the open orders."""
        if candidate.position_close or not candidate.amount:
            return
        cost = self.cost(candidate)
        self._granted[cost.asset] = self._granted.get(cost.asset, ZERO) + cost.total
        self._orders.setdefault(candidate.trading_pair, []).append(_opening(candidate))

    def _computed(self, asset: str) -> Decimal:
        balance = self._ledger.balance(asset)
        if balance is None:
            return ZERO
        unrealized, margin = ZERO, ZERO
        for rule in self._sources.rules.values():
            rows = self._positions.get(rule.symbol, [])
            if rule.margin_asset != asset or not (rows or rule.trading_pair in self._orders):
                continue
            terms = self._terms(rule)
            taken = pair_margin(self._signed(rule), self._orders.get(rule.trading_pair, ()), terms)
            margin += taken.orders + taken.open_loss
            # An isolated position is backed by a wallet of its own, which the cross wallet does not contain.
            if not any(row.margin_type is MarginType.ISOLATED for row in rows):
                margin += taken.positions
                unrealized += sum((_unrealized(row, terms) for row in rows), ZERO)
        return available_balance(balance.cross_wallet, unrealized, margin)

    def _terms(self, rule: TradingRule, unconfirmed_leverage: int = 1) -> MarginTerms:
        return MarginTerms(
            contract=self._sources.contract,
            contract_size=rule.contract_size,
            mode=self._ledger.assumed_mode,
            leverage=self._ledger.leverage(rule.symbol) or unconfirmed_leverage,
            prices=self._sources.prices_of(rule.trading_pair),
        )

    def _signed(self, rule: TradingRule) -> dict[PositionSide, Decimal]:
        return {row.position_side: row.amount for row in self._positions.get(rule.symbol, [])}


def _opening(candidate: PerpetualOrderCandidate) -> OpeningOrder:
    known = candidate.price.is_finite() and candidate.price > 0
    return OpeningOrder(candidate.order_side, candidate.amount, candidate.price if known else None)


def _unrealized(row: PositionReport, terms: MarginTerms) -> Decimal:
    return terms.contract.pnl(row.entry_price, terms.prices.mark, row.amount, terms.contract_size)
