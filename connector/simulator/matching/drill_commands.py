"""What drills make an engine do: fills out of turn, refusals for a while, another status, ids that fall, prices that a
recording tells.

They are commands as all others are: journaled, and done again by a replay.
"""

from dataclasses import replace

from connector.simulator.accounts.accounts import Account
from connector.simulator.errors import VenueError
from connector.simulator.ids import Ids
from connector.simulator.market.listing import Listing, listing_of
from connector.simulator.market.orders import EXPIRED, IOC, IOC_REMAINDER, LIMIT, OrderRequest
from connector.simulator.matching.admission import Admitted
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.countdown import Countdowns
from connector.simulator.matching.order_placement import drafted


class DrillCommands:
    """A part of the engine, which has these attributes and says what waits for prices and positions."""

    ids: Ids
    accounts: dict[int, Account]
    listings: dict[str, Listing]
    clearing: Clearing
    countdowns: Countdowns

    def _settle_down(self, symbol: str, now_ms: int) -> None:
        raise NotImplementedError

    def open_account(self, deposit_e8: int, now_ms: int, *, is_house: bool = False) -> Account:
        raise NotImplementedError

    def fill_order(self, account_id: int, symbol: str, order_id: int, trades: int, now_ms: int) -> None:
        """Fills a resting order at its own price by a house order, in that many trades of at least a lot each.

        What rests before it in the book is passed over. -2011 unless it rests.
        """
        listing = listing_of(self.listings, symbol)
        order = self.accounts[account_id].find(symbol, order_id, None)
        if order is None or not order.rests or trades < 1:
            raise VenueError(-2011)
        row, lots, side = listing.instrument, order.open_lots, -order.side
        house = self._maker(now_ms)
        request = OrderRequest(symbol, side, LIMIT, lots * row.step, order.price_ticks * row.tick, IOC)
        terms = Admitted(order.price_ticks, lots, closes=False)
        taker = drafted(request, terms, self.ids.next_order(symbol), house, now_ms)
        self.clearing.accept(listing, taker, now_ms)
        pieces = min(trades, lots)
        for number in range(pieces):
            if order.is_open:
                piece = lots // pieces + (number < lots % pieces)
                self.clearing.trade(listing, taker, order, piece, now_ms)
        if taker.is_open:
            self.clearing.end(listing, taker, EXPIRED, IOC_REMAINDER, now_ms)
        self._settle_down(symbol, now_ms)

    def _maker(self, now_ms: int) -> Account:
        """An account of the house that trades, never the insurance fund's, which comes first."""
        made = (account for account in reversed(self.accounts.values()) if account.is_house and account.account_id)
        return next(made, None) or self.open_account(0, now_ms, is_house=True)

    def skip_trade_ids(self, symbol: str, count: int) -> tuple[int, int]:
        """Gives out ids of trades that nobody made; the first trade's and the first aggregate's."""
        listing_of(self.listings, symbol)
        found = [(self.ids.next_trade(symbol), self.ids.next_aggregate(symbol)) for _ in range(count)]
        return found[0]

    def drop_ids(self) -> None:
        """Lets the ids of orders, trades and depth begin anew below all before, as after an engine's reset."""
        self.ids.fall()
        for listing in self.listings.values():
            listing.book.renumber()
            listing.rpi_book.renumber()

    def cover_status(self, symbol: str, status: str, contract_type: str | None) -> None:
        """Tells another status, and contract type where one is given, until `uncover_status`."""
        listing = listing_of(self.listings, symbol)
        listing.covered = listing.covered or (listing.status, listing.instrument.contract_type)
        listing.status = status
        if contract_type is not None:
            listing.instrument = replace(listing.instrument, contract_type=contract_type)

    def uncover_status(self, symbol: str) -> None:
        """Goes back to what `cover_status` covered."""
        listing = listing_of(self.listings, symbol)
        if listing.covered is None:
            return
        (listing.status, contract_type), listing.covered = listing.covered, None
        listing.instrument = replace(listing.instrument, contract_type=contract_type)

    def refuse_opening(self, symbol: str, codes: tuple[int, ...]) -> None:
        """Refuses opening orders of a symbol with the first of `codes` that applies; none lets them pass."""
        listing_of(self.listings, symbol).opening_refused = codes

    def tell_prices(self, symbol: str, mark_e8: int, rate_e8: int | None, next_funding_ms: int) -> None:
        """What somebody else marks a symbol at, and says of its next funding: it stands until the next word."""
        mark_price = listing_of(self.listings, symbol).mark_price
        mark_price.fix(mark_e8)
        mark_price.fix_rate(rate_e8)
        mark_price.next_funding_ms = next_funding_ms

    def set_control_side(self, symbol: str, side: str) -> None:
        """Which side of a symbol may only reduce: NONE, BUY, SELL or BOTH."""
        listing_of(self.listings, symbol).control_side = side

    def step_back(self, ms: int) -> None:
        """The clock stepped back by so much: what waits for time to pass does not wait the longer for it."""
        self.countdowns.bring_forward(ms)
        for listing in self.listings.values():
            mark_price = listing.mark_price
            interval_ms = mark_price.funding.interval_ms
            mark_price.next_funding_ms -= ms // interval_ms * interval_ms
