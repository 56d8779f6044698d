"""Sums of what positions and open orders take, kept as things happen: the specification of the compiled twin.

`inferred.py` says what is summed. Here nothing is reckoned anew that did not change: orders are kept by price, with
pointers that remember what lies below mark and below the least assumed price; an event moves the sums by itself, and a
price moves the pointers over the prices between. All whole numbers: amounts x contract size in 1e-8 (`sized`), values
in the contract's units, margin in 1e-8 (`_e8`); a side is rounded once, an order never.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from connector.account.brackets import Brackets, maintenance_e8
from connector.account.plain.order_ladder import OrderLadder
from connector.core.amounts import E8, half_up
from connector.venue.contracts import ContractMath

#: Mark-ups of assumed prices ("Cost Required to Open a Position", 87fa7ee3, 2026-01), in 1e-4.
WHOLE, LAST_MARKUP, ASK_MARKUP = 10_000, 10_015, 10_005
#: Position sides by number.
BOTH, LONG, SHORT = 0, 1, 2
#: A cap that nothing reaches.
NO_CAP: Final = 10**40


class Need(NamedTuple):
    """What one more order would take, beside all that is open and granted."""

    #: More than without it; 0 or less where it takes nothing.
    margin_e8: int
    fees_e8: int
    #: The largest notional that its position side would come to.
    exposure_e8: int


class AssetSum:
    """One margin asset: what backs its cross positions, and what is taken of it."""

    __slots__ = (
        "drawn_e8", "granted_e8", "isolated_orders_e8", "needed_e8", "result_e8", "unbracketed", "wallet_e8",
        "withheld_e8",
    )  # fmt: skip

    def __init__(self) -> None:
        #: The cross wallet.
        self.wallet_e8 = 0
        #: Of cross positions.
        self.result_e8 = 0
        #: Of cross positions and of all open orders.
        self.drawn_e8 = 0
        self.isolated_orders_e8 = 0
        #: Maintenance of cross positions, and how many of them have no brackets yet to reckon it by.
        self.needed_e8 = self.unbracketed = 0
        #: What others took of a shared account.
        self.withheld_e8 = 0
        #: By the candidates of the present question.
        self.granted_e8 = 0

    @property
    def free_e8(self) -> int:
        """What is left; negative where more is taken than there is."""
        return self.wallet_e8 + self.result_e8 - self.drawn_e8 - self.withheld_e8 - self.granted_e8


class _Side:
    """One position side of a pair."""

    __slots__ = (
        "asks", "bids", "buy_loss", "buy_sized", "buy_units", "cost", "exposure_e8", "held_e8", "is_isolated",
        "kept", "market_buys", "market_sells", "needed_e8", "orders_e8", "position_e8", "result_e8", "sell_loss",
        "sell_sized", "sell_units", "sized", "unbracketed",
    )  # fmt: skip

    def __init__(self, unit: Callable[[int], int]) -> None:
        self.bids, self.asks = OrderLadder(unit), OrderLadder(unit)
        #: Of market orders that are on their way.
        self.market_buys = self.market_sells = 0
        #: The position: signed amount, and entry value in units.
        self.sized = self.cost = 0
        self.is_isolated = False
        #: At the prices of now, what was granted included.
        self.buy_sized = self.buy_units = self.buy_loss = 0
        self.sell_sized = self.sell_units = self.sell_loss = 0
        self.held_e8 = self.position_e8 = self.orders_e8 = self.exposure_e8 = self.result_e8 = self.needed_e8 = 0
        #: 1: it is held, and nobody told its brackets.
        self.unbracketed = 0
        #: The sums before the first grant of a question.
        self.kept: tuple[int, int, int, int, int, int, int] | None = None

    @property
    def is_used(self) -> bool:
        """Whether it holds a position or an order that opens."""
        return bool(self.sized or self.bids.sized or self.asks.sized or self.market_buys or self.market_sells)


class PairSums:
    """One pair: its prices and terms, and its position sides."""

    __slots__ = (
        "_ask_e8", "_bid_e8", "_gain", "_least_e8", "_least_unit", "_mark_unit", "_market_buy_unit",
        "_market_sell_unit", "_scale", "_sides", "_unit", "asset", "brackets", "cap_e8", "fee_e8", "last_e8",
        "leverage", "mark_e8",
    )  # fmt: skip

    def __init__(self, contract: ContractMath, asset: AssetSum) -> None:
        self.asset = asset
        self._unit, self._scale, self._gain = contract.unit, contract.scale, contract.gain_sign
        self._sides = (_Side(self._unit), _Side(self._unit), _Side(self._unit))
        #: 0: not known yet, and nothing is reckoned.
        self.mark_e8 = self.last_e8 = self._bid_e8 = self._ask_e8 = 0
        self._mark_unit = self._least_e8 = self._least_unit = self._market_buy_unit = self._market_sell_unit = 0
        self.leverage, self.cap_e8, self.fee_e8 = 1, NO_CAP, 0
        #: The lowest first; empty until they were read.
        self.brackets: Brackets = ()

    @property
    def is_used(self) -> bool:
        """Whether it holds a position or an order that opens."""
        return any(side.is_used for side in self._sides)

    @property
    def has_market_orders(self) -> bool:
        """Whether an order without a price waits: of all, they alone depend on best bid and ask."""
        return any(side.market_buys or side.market_sells for side in self._sides)

    def set_prices(self, mark_e8: int, last_e8: int, bid_e8: int, ask_e8: int) -> None:
        """Takes prices, all above 0; pointers move over the orders between the old and the new ones."""
        if mark_e8 == self.mark_e8 and last_e8 == self.last_e8 and bid_e8 == self._bid_e8 and ask_e8 == self._ask_e8:
            return
        is_moved = mark_e8 != self.mark_e8 or last_e8 != self.last_e8
        self.mark_e8, self.last_e8, self._bid_e8, self._ask_e8 = mark_e8, last_e8, bid_e8, ask_e8
        self._mark_unit = self._unit(mark_e8)
        self._least_e8 = max(mark_e8, last_e8 * LAST_MARKUP // WHOLE)
        self._least_unit = self._unit(self._least_e8)
        self._market_buy_unit = self._unit(ask_e8 * ASK_MARKUP // WHOLE)
        self._market_sell_unit = self._unit(max(bid_e8, mark_e8))
        for side in self._sides:
            if side.market_buys or side.market_sells or (is_moved and side.is_used):
                self._reckon(side)

    def set_terms(self, leverage: int, cap_e8: int) -> None:
        """The leverage in force, and the most that a side may come to at it."""
        self.cap_e8 = cap_e8
        if leverage != self.leverage:
            self.leverage = leverage
            for side in self._sides:
                self._reckon(side)

    def set_brackets(self, brackets: Brackets) -> None:
        """The pair's leverage brackets, by which maintenance is reckoned."""
        if brackets is not self.brackets:
            self.brackets = brackets
            for side in self._sides:
                self._reckon(side)

    def hold(self, which: int, sized: int, cost: int, is_isolated: bool) -> None:
        """Sets one position."""
        side = self._sides[which]
        if sized == side.sized and cost == side.cost and is_isolated is side.is_isolated:
            return
        self._take_off(side)
        side.sized, side.cost, side.is_isolated = sized, cost, is_isolated
        self._put_on(side)

    def order(self, which: int, is_buy: bool, price_e8: int, sized: int) -> None:
        """Counts an opening order's amount, or takes it off when negative; a price of 0 is a market order's."""
        side = self._sides[which]
        if price_e8:
            (side.bids if is_buy else side.asks).add(price_e8, sized)
        elif is_buy:
            side.market_buys += sized
        else:
            side.market_sells += sized
        self._reckon(side)

    def held(self, which: int) -> int:
        """The signed amount of one position."""
        return self._sides[which].sized

    def held_e8(self, which: int) -> int:
        """The signed notional of one position at mark."""
        return self._sides[which].held_e8

    def standing(self, which: int) -> tuple[int, int, int, int, int]:
        """One position, what its opening orders buy and sell yet, and the units that both come to at their own
        prices."""
        side = self._sides[which]
        buys, sells = side.bids.sized + side.market_buys, side.asks.sized + side.market_sells
        buy_units = side.bids.units + side.market_buys * self._market_buy_unit
        return side.sized, buys, sells, buy_units, side.asks.units + side.market_sells * self._market_sell_unit

    def needed_e8(self, which: int) -> int | None:
        """The maintenance of one position; None while its brackets are not known."""
        side = self._sides[which]
        return None if side.unbracketed else side.needed_e8

    def figures(self, which: int) -> tuple[int, int, int, int]:
        """One side's position margin, order margin, result, and exposure."""
        side = self._sides[which]
        return side.position_e8, side.orders_e8, side.result_e8, side.exposure_e8

    def cross(self) -> tuple[int, int]:
        """What the pair's cross positions gained, and their maintenance, as they are counted in the asset."""
        backed = [side for side in self._sides if not side.is_isolated]
        return sum(side.result_e8 for side in backed), sum(side.needed_e8 for side in backed)

    def need(self, which: int, is_buy: bool, price_e8: int, sized: int) -> Need:
        """What one more opening order would take; a price of 0 is a market order's."""
        side, gain = self._sides[which], self._gain
        buys, buy_units, buy_loss = side.buy_sized, side.buy_units, side.buy_loss
        sells, sell_units, sell_loss = side.sell_sized, side.sell_units, side.sell_loss
        if is_buy:
            own = assumed = self._unit(price_e8) if price_e8 else self._market_buy_unit
            apart = gain * (own - self._mark_unit)
            before, closing = buys, -side.sized
            buys += sized
            buy_units += sized * assumed
            if apart > 0:
                buy_loss += sized * apart
            after = buys
        else:
            own = self._unit(price_e8) if price_e8 else self._market_sell_unit
            assumed = self._least_unit if 0 < price_e8 < self._least_e8 else own
            apart = gain * (self._mark_unit - own)
            before, closing = sells, side.sized
            sells += sized
            sell_units += sized * assumed
            if apart > 0:
                sell_loss += sized * apart
            after = sells
        margin_e8, exposure_e8 = self._sum(side, buys, buy_units, buy_loss, sells, sell_units, sell_loss)
        fees_e8 = 0
        if self.fee_e8:
            opening = max(0, after - max(0, closing)) - max(0, before - max(0, closing))
            fees_e8 = half_up(opening * assumed * self.fee_e8, self._scale * E8)
        return Need(margin_e8 - side.position_e8 - side.orders_e8, fees_e8, exposure_e8)

    def can_pay(self, which: int, is_buy: bool, price_e8: int, sized: int) -> bool:
        """Whether one more opening order would be paid for."""
        return self.pays(self.need(which, is_buy, price_e8, sized))

    def grant(self, which: int, is_buy: bool, price_e8: int, sized: int) -> bool:
        """Whether one more opening order is paid for; if so it counts until `release`."""
        need = self.need(which, is_buy, price_e8, sized)
        if not self.pays(need):
            return False
        side = self._sides[which]
        if side.kept is None:
            side.kept = (
                side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss,
                side.orders_e8,
            )  # fmt: skip
        self._count(side, is_buy, price_e8, sized)
        side.orders_e8 += need.margin_e8
        self.asset.granted_e8 += need.margin_e8 + need.fees_e8
        return True

    def pays(self, need: Need) -> bool:
        """Whether the exchange would take what needs so much."""
        if need.margin_e8 > 0 and need.exposure_e8 > self.cap_e8:
            return False
        total_e8 = need.margin_e8 + need.fees_e8
        return total_e8 <= 0 or self.asset.free_e8 >= total_e8

    def release(self) -> None:
        """Forgets what was granted of this pair; the caller sets the asset's grants to 0."""
        for side in self._sides:
            if side.kept is not None:
                (
                    side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss,
                    side.orders_e8,
                ) = side.kept  # fmt: skip
                side.kept = None

    def _count(self, side: _Side, is_buy: bool, price_e8: int, sized: int) -> None:
        if is_buy:
            own = self._unit(price_e8) if price_e8 else self._market_buy_unit
            side.buy_sized += sized
            side.buy_units += sized * own
            side.buy_loss += sized * max(0, self._gain * (own - self._mark_unit))
        else:
            own = self._unit(price_e8) if price_e8 else self._market_sell_unit
            side.sell_sized += sized
            side.sell_units += sized * (self._least_unit if 0 < price_e8 < self._least_e8 else own)
            side.sell_loss += sized * max(0, self._gain * (self._mark_unit - own))

    def _sum(
        self, side: _Side, buys: int, buy_units: int, buy_loss: int, sells: int, sell_units: int, sell_loss: int
    ) -> tuple[int, int]:
        """Initial margin and exposure of a side with these orders."""
        scale, held_e8 = self._scale, side.held_e8
        exposure_e8 = max(
            abs(held_e8 + half_up(buy_units, scale)) if buys else abs(held_e8),
            abs(held_e8 - half_up(sell_units, scale)) if sells else abs(held_e8),
        )
        margin_e8 = max(side.position_e8, half_up(exposure_e8, self.leverage))
        if buy_loss:
            opening = max(0, buys - max(0, -side.sized))
            margin_e8 += half_up(buy_loss * opening, buys * scale)
        if sell_loss:
            opening = max(0, sells - max(0, side.sized))
            margin_e8 += half_up(sell_loss * opening, sells * scale)
        return margin_e8, exposure_e8

    def _reckon(self, side: _Side) -> None:
        """One side anew, at the prices of now."""
        self._take_off(side)
        self._put_on(side)

    def _take_off(self, side: _Side) -> None:
        asset = self.asset
        asset.drawn_e8 -= side.orders_e8
        if side.is_isolated:
            asset.isolated_orders_e8 -= side.orders_e8
        else:
            asset.drawn_e8 -= side.position_e8
            asset.result_e8 -= side.result_e8
            asset.needed_e8 -= side.needed_e8
            asset.unbracketed -= side.unbracketed

    def _put_on(self, side: _Side) -> None:
        if self.mark_e8:
            self._sum_up(side)
        asset = self.asset
        asset.drawn_e8 += side.orders_e8
        if side.is_isolated:
            asset.isolated_orders_e8 += side.orders_e8
        else:
            asset.drawn_e8 += side.position_e8
            asset.result_e8 += side.result_e8
            asset.needed_e8 += side.needed_e8
            asset.unbracketed += side.unbracketed

    def _sum_up(self, side: _Side) -> None:
        mark_unit, gain, scale = self._mark_unit, self._gain, self._scale
        bids, asks = side.bids, side.asks
        side.buy_sized, side.buy_units, side.buy_loss = bids.sized, bids.units, 0
        if bids.sized:
            sized, units = bids.below(self.mark_e8 + 1, 0)
            side.buy_loss = gain * (bids.units - units - (bids.sized - sized) * mark_unit)
        side.sell_sized, side.sell_units, side.sell_loss = asks.sized, asks.units, 0
        if asks.sized:
            sized, units = asks.below(self._least_e8, 0)
            side.sell_units += sized * self._least_unit - units
            sized, units = asks.below(self.mark_e8, 1)
            side.sell_loss = gain * (sized * mark_unit - units)
        if side.market_buys:
            self._count(side, True, 0, side.market_buys)
        if side.market_sells:
            self._count(side, False, 0, side.market_sells)
        side.held_e8 = side.position_e8 = side.result_e8 = side.needed_e8 = side.unbracketed = 0
        if side.sized:
            side.held_e8 = half_up(side.sized * mark_unit, scale)
            side.position_e8 = half_up(abs(side.held_e8), self.leverage)
            side.result_e8 = half_up(gain * (side.sized * mark_unit - side.cost), scale)
            if self.brackets:
                side.needed_e8 = maintenance_e8(self.brackets, abs(side.held_e8))
            else:
                side.unbracketed = int(side.held_e8 != 0)
        margin_e8, side.exposure_e8 = self._sum(
            side, side.buy_sized, side.buy_units, side.buy_loss, side.sell_sized, side.sell_units, side.sell_loss
        )
        side.orders_e8 = margin_e8 - side.position_e8
