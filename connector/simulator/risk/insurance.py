"""The insurance fund: an account of the exchange that takes over what liquidation could not sell.

It lives on clearance fees, pays what a bankrupt account owes, and works its positions off in the book. Each margin
asset is a fund of its own, and none goes below zero: what it can't bear is left to deleveraging (`fund_relief.py`), and
what it can't pay stays a debt of the account. Published: that there is a fund for each margin asset ("Insurance Fund
Balance"), and that it covers bankrupt accounts before deleveraging does ("Liquidation protocols"). Inferred: all else.
"""

from collections.abc import Mapping
from decimal import Decimal

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_INSURANCE, position_rows
from connector.simulator.accounts.margin import bankruptcy_ticks
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import INSURANCE_CLEAR, IncomeRecord
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.filters import price_bound
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import EXPIRED, IOC_REMAINDER, Order
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.matching import walk
from connector.simulator.risk.forced_orders import ForcedOrders

#: How far from mark the fund sells what it took over.
UNLOAD_WITHIN = Decimal("0.01")


class InsuranceFund:
    """`account` holds its money and its positions: conservation counts it as one of all accounts."""

    def __init__(
        self, account: Account, clearing: Clearing, listings: Mapping[str, Listing], orders: ForcedOrders
    ) -> None:
        self.account = account
        self._clearing, self._listings, self._orders = clearing, listings, orders

    def equity_e8(self, asset: str) -> int:
        """Its wallet in an asset, with the results of its positions."""
        return self.account.wallets.get(asset, 0) + sum(self._results_e8(asset))

    def reserve_e8(self, asset: str) -> int:
        """What it can bear losses with: its equity, gains that are not realised left out."""
        losses = (min(0, result_e8) for result_e8 in self._results_e8(asset))
        return self.account.wallets.get(asset, 0) + sum(losses)

    def result_e8(self, position: Position) -> int:
        """What one of its positions gained (> 0) or lost at mark."""
        return position.unrealised_e8(self._listings[position.instrument.symbol].mark_price.mark_e8)

    def _results_e8(self, asset: str) -> list[int]:
        return [self.result_e8(position) for position in self.account.held() if position.instrument.quote == asset]

    def can_take(self, listing: Listing, order: Order) -> bool:
        """Whether it can bear what it would lose by the rest of `order` at mark."""
        worse_e8 = -order.side * (order.price_ticks * listing.instrument.tick_e8 - listing.mark_price.mark_e8)
        loss_e8 = half_up(max(0, worse_e8) * order.open_lots * listing.instrument.lot_e8, E8)
        return self.reserve_e8(listing.instrument.quote) > loss_e8

    def take_over(self, listing: Listing, order: Order, now_ms: int) -> None:
        """Takes the rest of a forced order at its price."""
        lots = order.open_lots
        own = self._orders.own(self.account, listing, -order.side, lots, order.price_ticks, now_ms)
        self._clearing.trade_aside(listing, order, own, lots, order.price_ticks, now_ms)

    def unload(self, now_ms: int) -> None:
        """Sells what it holds, as far as the book takes it near the mark price and the fund can bear it."""
        for position in self.account.held():
            listing = self._listings[position.instrument.symbol]
            side = -1 if position.lots > 0 else 1
            near, bearable = price_bound(side, 1 + side * UNLOAD_WITHIN, listing), self.zero_ticks(position)
            bound = max(near, bearable) if side < 0 else min(near, bearable)
            best = listing.book.best(-side)
            if best is None or side * best > side * bound:
                continue
            order = self._orders.own(self.account, listing, side, abs(position.lots), bound, now_ms)
            walk(self._clearing, listing, order, bound, now_ms)
            if order.is_open:
                self._clearing.end(listing, order, EXPIRED, IOC_REMAINDER, now_ms)

    def zero_ticks(self, position: Position) -> int:
        """The price at which closing one of its positions leaves nothing of the fund of that asset."""
        row, listing = position.instrument, self._listings[position.instrument.symbol]
        margin_e8 = self.reserve_e8(row.quote) + max(0, self.result_e8(position))
        return bankruptcy_ticks(position, margin_e8, listing)

    def collect(self, account: Account, symbol: str, asset: str, fee_e8: int, now_ms: int) -> None:
        """Takes a clearance fee (> 0) from an account, or pays what it owes (< 0) as far as the fund reaches.

        With an isolated symbol goes its position, whose margin the liquidation changed.
        """
        amount_e8 = fee_e8 if fee_e8 > 0 else -min(-fee_e8, max(0, self.reserve_e8(asset)))
        if not amount_e8 or account is self.account:
            return
        for one, change_e8 in ((account, -amount_e8), (self.account, amount_e8)):
            income_id = self._clearing.ids.next_income()
            self._clearing.book(one, IncomeRecord(income_id, INSURANCE_CLEAR, symbol, asset, change_e8, now_ms))
        rows = position_rows(account, self._listings[symbol]) if symbol in account.isolated else ()
        self._clearing.report_account(account, BY_INSURANCE, now_ms, {asset: -amount_e8}, rows)
