"""What one order costs to open: its initial margin at the assumed price, and what it would lose at once.

Published ("Cost Required to Open a Position in Perpetual Futures", 87fa7ee33b574f7084d42bd2ce2e463b, 2026-01):

    limit buy       assumed at its own price
    limit sell      at max(last x 1.0015, mark, its own price)
    market buy      at best ask x 1.0005
    market sell     at max(best bid, mark)
    open loss       amount x |min(0, direction x (mark - price))|, a market order's price being its assumed one

No fee is reserved. Whole numbers of 1e-8: notional half up, then divided by the leverage, then the loss on top.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import half_up, to_e8
from connector.venue.contracts import ContractMath

#: The mark-ups are in 1e-4.
_WHOLE, _LAST_MARKUP, _ASK_MARKUP = 10_000, 10_015, 10_005


@dataclass(frozen=True, slots=True)
class MarketPrices:
    """The prices of one pair that margin is reckoned by."""

    mark: Decimal
    last: Decimal
    best_bid: Decimal
    best_ask: Decimal

    def in_e8(self) -> tuple[int, int, int, int]:
        """Mark, last, best bid and best ask in 1e-8. Raises ValueError where one is not known."""
        return to_e8(self.mark), to_e8(self.last), to_e8(self.best_bid), to_e8(self.best_ask)


def least_sell_price_e8(mark_e8: int, last_e8: int) -> int:
    """What no limit sell is assumed to trade below; cut at 1e-8."""
    return max(mark_e8, last_e8 * _LAST_MARKUP // _WHOLE)


def market_buy_price_e8(best_ask_e8: int) -> int:
    """The assumed price of a market buy; cut at 1e-8."""
    return best_ask_e8 * _ASK_MARKUP // _WHOLE


def market_sell_price_e8(mark_e8: int, best_bid_e8: int) -> int:
    """The assumed price of a market sell."""
    return max(mark_e8, best_bid_e8)


@dataclass(frozen=True, slots=True)
class OrderPrices:
    """The two prices of one order that its cost is made of, in 1e-8."""

    #: By which it would lose at once.
    own_e8: int
    #: By which its margin is reckoned.
    assumed_e8: int


def order_prices(*, is_buy: bool, price_e8: int, prices_e8: tuple[int, int, int, int]) -> OrderPrices:
    """`price_e8` is 0 for a market order; `prices_e8` are mark, last, best bid and best ask."""
    mark_e8, last_e8, bid_e8, ask_e8 = prices_e8
    if not price_e8:
        assumed_e8 = market_buy_price_e8(ask_e8) if is_buy else market_sell_price_e8(mark_e8, bid_e8)
        return OrderPrices(assumed_e8, assumed_e8)
    return OrderPrices(price_e8, price_e8 if is_buy else max(price_e8, least_sell_price_e8(mark_e8, last_e8)))


def open_loss_units(contract: ContractMath, *, is_buy: bool, price_e8: int, mark_e8: int) -> int:
    """What 1e-8 of an amount would lose at once, in units of the contract."""
    apart = contract.gain_sign * (contract.unit(price_e8) - contract.unit(mark_e8))
    return max(0, apart if is_buy else -apart)


def order_cost_e8(
    contract: ContractMath, sized_e8: int, leverage: int, *, is_buy: bool, prices: OrderPrices, mark_e8: int
) -> int:
    """What an order that opens costs where nothing else is held or ordered."""
    notional_e8 = half_up(sized_e8 * contract.unit(prices.assumed_e8), contract.scale)
    loss = sized_e8 * open_loss_units(contract, is_buy=is_buy, price_e8=prices.own_e8, mark_e8=mark_e8)
    return half_up(notional_e8, leverage) + half_up(loss, contract.scale)
