"""How much collateral positions and open orders take: the arithmetic of cross margin in single-asset mode.

What is published and what is inferred, all of it kept in this one file:

* published ("Cost Required to Open a Position in Perpetual Futures", 87fa7ee33b574f7084d42bd2ce2e463b, 2026-01): an
  order costs its initial margin at the assumed price and its open loss, qty x |min(0, dir x (mark - price))|. A limit
  buy is assumed at its price, a limit sell at max(last x 1.0015, mark, its price), a market buy at best ask x 1.0005, a
  market sell at max(best bid, mark); a market order's assumed price is the one that its open loss is of.
* published ("How to Check Futures Wallet Balance", 5d62f8be18d24544b5b6156094c16bf7, 2021-01-13):
  available = max(0, cross wallet + unrealised - position margin - order margin); a position takes notional / leverage
  at the mark price ("Leverage and margin", as of 2026-11); orders that only close take nothing.
* inferred: in one-way mode both sides of the book are netted, max(|P + B|, |P - A|) / leverage, and open loss is taken
  on top, of the share of a side's amount that would open; in hedge mode each side takes
  (position + opening orders) / leverage.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector.core.amounts import ZERO
from connector.core.enums import PositionMode, PositionSide, TradeType
from connector.venue.contracts import ContractMath

_SHORT_MARKUP: Final = Decimal("1.0015")
_MARKET_BUY_MARKUP: Final = Decimal("1.0005")


@dataclass(frozen=True, slots=True)
class MarketPrices:
    """The prices of one pair that collateral is reckoned by."""

    mark: Decimal
    last: Decimal
    best_bid: Decimal
    best_ask: Decimal


@dataclass(frozen=True, slots=True)
class OpeningOrder:
    """What may still trade of an order that is not bound to reduce."""

    trade_type: TradeType
    amount: Decimal
    #: None for a market order.
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class MarginTerms:
    """By what one pair's collateral is reckoned."""

    #: The product's arithmetic.
    contract: ContractMath
    #: The pair's.
    contract_size: Decimal
    mode: PositionMode
    leverage: int
    prices: MarketPrices

    def notional(self, price: Decimal, amount: Decimal) -> Decimal:
        return self.contract.notional(price, amount, self.contract_size)

    def order_notional(self, order: OpeningOrder) -> Decimal:
        """The order's value at its assumed price, unsigned."""
        return self.notional(assumed_price(order, self.prices), order.amount)


@dataclass(frozen=True, slots=True)
class PairMargin:
    """Collateral of one pair, in its margin asset."""

    positions: Decimal
    orders: Decimal
    open_loss: Decimal

    @property
    def total(self) -> Decimal:
        return self.positions + self.orders + self.open_loss


def assumed_price(order: OpeningOrder, prices: MarketPrices) -> Decimal:
    """The price at which the venue values an order before it trades."""
    if order.trade_type is TradeType.BUY:
        return prices.best_ask * _MARKET_BUY_MARKUP if order.price is None else order.price
    if order.price is None:
        return max(prices.best_bid, prices.mark)
    return max(prices.last * _SHORT_MARKUP, prices.mark, order.price)


def open_loss(order: OpeningOrder, terms: MarginTerms) -> Decimal:
    """What the order would have lost at once, were it filled at its price and valued at the mark."""
    price = assumed_price(order, terms.prices) if order.price is None else order.price
    signed = order.amount * order.trade_type.sign
    gain = terms.contract.pnl(price, terms.prices.mark, signed, terms.contract_size)
    return max(ZERO, -gain)


def opening_loss(
    positions: Mapping[PositionSide, Decimal], orders: Iterable[OpeningOrder], terms: MarginTerms
) -> Decimal:
    """Open loss of the orders, by side in proportion to what is left to open once the net position is closed."""
    net = ZERO if terms.mode is PositionMode.HEDGE else positions.get(PositionSide.BOTH, ZERO)
    amounts, losses = dict.fromkeys(TradeType, ZERO), dict.fromkeys(TradeType, ZERO)
    for order in orders:
        amounts[order.trade_type] += order.amount
        losses[order.trade_type] += open_loss(order, terms)
    total = ZERO
    for side, loss in losses.items():
        opening = max(ZERO, amounts[side] - max(ZERO, -side.sign * net))
        if loss:
            total += loss * opening / amounts[side]
    return total


def exposure(
    positions: Mapping[PositionSide, Decimal], orders: Iterable[OpeningOrder], terms: MarginTerms
) -> dict[TradeType, Decimal]:
    """Notional that the pair would reach were every order of one side filled, by side; never negative.

    `positions` are signed amounts. One-way: the net position with the buys, and with the sells. Hedge: the long
    with the buys, the short with the sells.
    """
    sums = dict.fromkeys(TradeType, ZERO)
    for order in orders:
        sums[order.trade_type] += terms.order_notional(order)
    value = {side: terms.notional(terms.prices.mark, amount) for side, amount in positions.items()}
    if terms.mode is PositionMode.HEDGE:
        long, short = value.get(PositionSide.LONG, ZERO), value.get(PositionSide.SHORT, ZERO)
        return {
            TradeType.BUY: abs(long) + sums[TradeType.BUY],
            TradeType.SELL: abs(short) + sums[TradeType.SELL],
        }
    net = value.get(PositionSide.BOTH, ZERO)
    return {
        TradeType.BUY: abs(net + sums[TradeType.BUY]),
        TradeType.SELL: abs(net - sums[TradeType.SELL]),
    }


def pair_margin(
    positions: Mapping[PositionSide, Decimal], orders: Iterable[OpeningOrder], terms: MarginTerms
) -> PairMargin:
    """What positions (signed amounts) and opening orders of one pair take."""
    waiting = tuple(orders)
    leverage = Decimal(terms.leverage)
    held, reached = exposure(positions, (), terms), exposure(positions, waiting, terms)
    if terms.mode is PositionMode.HEDGE:
        of_positions, of_all = sum(held.values(), ZERO), sum(reached.values(), ZERO)
    else:
        of_positions, of_all = held[TradeType.BUY], max(reached.values())
    return PairMargin(
        positions=of_positions / leverage,
        orders=max(ZERO, of_all - of_positions) / leverage,
        open_loss=opening_loss(positions, waiting, terms),
    )


def available_balance(cross_wallet: Decimal, unrealized_pnl: Decimal, margin: Decimal) -> Decimal:
    """What may still be pledged: cross profits count, and it is never negative."""
    return max(ZERO, cross_wallet + unrealized_pnl - margin)
