"""All conditional orders of the exchange: kept, triggered by mark and last price, and turned into children.

`react` is called after everything that may have moved a price, ended an order or closed a position.
"""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.algo_book import MOST_OPEN, AlgoBook
from connector.simulator.accounts.algo_orders import (
    GTE_GTC,
    LIMIT_KINDS,
    TRAILING,
    AlgoOrder,
    AlgoRequest,
    Prices,
    Status,
    Turn,
    is_past,
    is_protected,
    is_reached,
    trails,
)
from connector.simulator.accounts.events import AlgoChanged
from connector.simulator.errors import VenueError
from connector.simulator.market.listing import Listing, listing_of
from connector.simulator.market.orders import EXPIRED, GTC, GTD, LIMIT, MARKET, NONE, POSITION_GONE, Order, OrderRequest
from connector.simulator.matching.algo_admission import admit_algo
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.order_placement import place_order

#: What those have who never placed a conditional order; never written to.
_EMPTY_BOOK = AlgoBook()


class AlgoEngine:
    """`triggering_ms` is how long a fired order stays TRIGGERING before its child is placed."""

    def __init__(self, clearing: Clearing, listings: Mapping[str, Listing]) -> None:
        self._clearing, self._listings = clearing, listings
        self.triggering_ms = 0
        self._books: dict[int, AlgoBook] = {}
        self._waiting: dict[str, dict[int, AlgoOrder]] = {symbol: {} for symbol in listings}
        self._firing: dict[AlgoOrder, None] = {}
        self._children: dict[str, dict[Order, AlgoOrder]] = {symbol: {} for symbol in listings}
        self._tied: dict[str, dict[AlgoOrder, None]] = {symbol: {} for symbol in listings}
        self._seen: dict[str, tuple[int, int]] = {}

    def book(self, account: Account) -> AlgoBook:
        """The conditional orders of an account; to look at them leaves nothing behind."""
        return self._books.get(account.account_id, _EMPTY_BOOK)

    def place(self, account: Account, request: AlgoRequest, now_ms: int) -> AlgoOrder:
        """Accepts a conditional order, or refuses it."""
        listing = listing_of(self._listings, request.symbol)
        order = self._accepted(account, request, listing, now_ms)
        self._books.setdefault(account.account_id, AlgoBook()).take(order)
        self._waiting[order.symbol][order.algo_id] = order
        if request.time_in_force == GTE_GTC:
            self._tied[order.symbol][order] = None
        self._report(order, now_ms)
        return order

    def check(self, account: Account, request: AlgoRequest, now_ms: int) -> AlgoOrder:
        """The order that `place` would accept; it refuses what `place` would, and does nothing."""
        return self._accepted(account, request, listing_of(self._listings, request.symbol), now_ms)

    def cancel(self, account: Account, algo_id: int | None, client_algo_id: str | None, now_ms: int) -> AlgoOrder:
        """Ends a waiting order; -2011 where none waits, -4117 while it is triggering."""
        order = self.book(account).find(algo_id, client_algo_id)
        if order is None or not order.is_open:
            raise VenueError(-2011)
        if order.status is Status.TRIGGERING:
            raise VenueError(-4117)
        self._end(order, Turn.CANCELLED, now_ms)
        return order

    def cancel_all(self, account: Account, symbol: str, now_ms: int) -> list[AlgoOrder]:
        """Ends every waiting order of a symbol."""
        listing_of(self._listings, symbol)
        orders = [order for order in self.book(account).open_of(symbol) if order.status is Status.NEW]
        for order in orders:
            self._end(order, Turn.CANCELLED, now_ms)
        return orders

    def expire_all(self, symbol: str, now_ms: int) -> None:
        """Ends everybody's waiting orders of a contract that ends; what is TRIGGERING finds it closed."""
        for order in [one for one in self._waiting[symbol].values() if one.status is Status.NEW]:
            self._end(order, Turn.EXPIRED, now_ms)

    def advance(self, now_ms: int) -> None:
        """Does what is due by time: children whose trigger took long, and the end of dated orders."""
        for order in [one for one in self._firing if not 0 <= now_ms - one.trigger_ms < self.triggering_ms]:
            del self._firing[order]
            self._launch(order, now_ms)
        for waiting in self._waiting.values():
            dated = [order for order in waiting.values() if order.request.time_in_force == GTD]
            for order in dated:
                if order.request.good_till_ms <= now_ms:
                    self._end(order, Turn.EXPIRED, now_ms)

    def watched(self) -> list[str]:
        """The symbols that have conditional orders, or children of such: with the others `react` has nothing to do."""
        waiting, tied, children = self._waiting, self._tied, self._children
        return [symbol for symbol in self._listings if waiting[symbol] or tied[symbol] or children[symbol]]

    def react(self, listing: Listing, now_ms: int) -> None:
        """Ends what went with its position, fires what the present prices fire, and follows the children."""
        symbol = listing.symbol
        if self._tied[symbol]:
            self._untie(listing, now_ms)
        while self._waiting[symbol]:
            trades = listing.tape.trades
            seen = (trades[-1].trade_id if trades else 0, listing.mark_price.mark_e8)
            if seen == self._seen.get(symbol):
                break
            self._seen[symbol] = seen
            for order in list(self._waiting[symbol].values()):
                self._look(order, listing, now_ms)
        if self._children[symbol]:
            self._follow(symbol, now_ms)

    def _accepted(self, account: Account, request: AlgoRequest, listing: Listing, now_ms: int) -> AlgoOrder:
        book, prices = self.book(account), _prices(listing)
        condition, ticks, lots = admit_algo(account, request, listing, prices, now_ms)
        if book.is_taken(request.client_algo_id):
            raise VenueError(-4116)
        if book.open_count >= MOST_OPEN:
            raise VenueError(-4045)
        algo_id = self._clearing.ids.next_algo()
        return AlgoOrder(
            algo_id=algo_id,
            account_id=account.account_id,
            client_algo_id=request.client_algo_id or f"auto{algo_id}",
            request=request,
            condition=condition,
            price_ticks=ticks,
            lots=lots,
            armed=request.kind == TRAILING and not condition.activate_ticks,
            extreme_e8=prices.reference_e8(request.working_type),
            created_ms=now_ms,
            updated_ms=now_ms,
        )

    def _look(self, order: AlgoOrder, listing: Listing, now_ms: int) -> None:
        if order.status is not Status.NEW:
            return
        prices = _prices(listing)
        if self._fires(order, prices, listing, now_ms):
            if order.request.price_protect and is_protected(prices, listing.instrument.trigger_protect):
                return
            self._fire(order, now_ms)
            if self._tied[order.symbol]:
                self._untie(listing, now_ms)

    def _untie(self, listing: Listing, now_ms: int) -> None:
        """Ends the orders, and their children, that live no longer than a position which is gone."""
        for order in list(self._tied[listing.symbol]):
            account = self._clearing.accounts[order.account_id]
            if account.position(listing.instrument, order.request.position_side).lots:
                continue
            if order.status is Status.NEW:
                self._end(order, Turn.EXPIRED, now_ms)
            elif order.child is not None and order.child.is_open:
                self._clearing.end(listing, order.child, EXPIRED, POSITION_GONE, now_ms)

    def _fires(self, order: AlgoOrder, prices: Prices, listing: Listing, now_ms: int) -> bool:
        request, condition, tick_e8 = order.request, order.condition, listing.instrument.tick_e8
        reference_e8 = prices.reference_e8(request.working_type)
        if request.kind != TRAILING:
            return is_past(request.kind, request.side, condition.trigger_ticks * tick_e8, reference_e8)
        if not order.armed:
            if not is_reached(request.side, condition.activate_ticks * tick_e8, reference_e8):
                return False
            order.armed = True
            self._report(order, now_ms)
        return trails(order, reference_e8)

    def _fire(self, order: AlgoOrder, now_ms: int) -> None:
        del self._waiting[order.symbol][order.algo_id]
        order.turn(Turn.TRIGGERED, now_ms)
        order.trigger_ms = now_ms
        self._report(order, now_ms)
        if self.triggering_ms:
            self._firing[order] = None
        else:
            self._launch(order, now_ms)

    def _launch(self, order: AlgoOrder, now_ms: int) -> None:
        """Places the child; the conditional order's own event comes before the child's."""
        account, before = self._clearing.accounts[order.account_id], len(self._clearing.outbox)
        try:
            request = _child(order, account, self._listings[order.symbol])
            child = place_order(self._clearing, self._listings, account, request, now_ms, order.condition)
        except VenueError as refusal:
            order.reason = refusal.text
            self._end(order, Turn.REFUSED, now_ms)
            return
        order.turn(Turn.ACCEPTED, now_ms)
        order.child = child
        self.book(account).drop(order)
        self._clearing.outbox.insert(before, _changed(order, now_ms, untouched=True))
        self._children[order.symbol][child] = order
        self._follow(order.symbol, now_ms)

    def _follow(self, symbol: str, now_ms: int) -> None:
        children = self._children[symbol]
        for child in [one for one in children if not one.is_open]:
            order = children.pop(child)
            self._tied[symbol].pop(order, None)
            order.turn(Turn.ENDED, now_ms)
            self._report(order, now_ms)

    def _end(self, order: AlgoOrder, turn: Turn, now_ms: int) -> None:
        """Ends an order that has no child."""
        self._waiting[order.symbol].pop(order.algo_id, None)
        self._tied[order.symbol].pop(order, None)
        order.turn(turn, now_ms)
        self.book(self._clearing.accounts[order.account_id]).drop(order)
        self._report(order, now_ms)

    def _report(self, order: AlgoOrder, now_ms: int) -> None:
        self._clearing.outbox.append(_changed(order, now_ms))


def _prices(listing: Listing) -> Prices:
    return Prices(listing.mark_price.last_e8, listing.mark_price.mark_e8)


def _changed(order: AlgoOrder, now_ms: int, *, untouched: bool = False) -> AlgoChanged:
    """The order as it stands; `untouched` as it stood before its child met the book."""
    child = order.child
    filled = (0, 0) if child is None or untouched else (child.filled_lots, child.filled_value)
    return AlgoChanged(order.account_id, now_ms, order, order.status, *filled, order.armed)


def _child(order: AlgoOrder, account: Account, listing: Listing) -> OrderRequest:
    """The order that a conditional order becomes. What closes a position takes all of it, -2022 without one."""
    request, instrument = order.request, listing.instrument
    lots = order.lots
    if request.close_position:
        lots = -request.side * account.position(instrument, request.position_side).lots
        if lots <= 0:
            raise VenueError(-2022)
    is_limit = request.kind in LIMIT_KINDS
    return OrderRequest(
        symbol=request.symbol,
        side=request.side,
        kind=LIMIT if is_limit else MARKET,
        quantity=lots * instrument.step,
        price=order.price_ticks * instrument.tick if is_limit and request.price_match == NONE else None,
        time_in_force=request.time_in_force if is_limit and request.time_in_force != GTE_GTC else GTC,
        reduce_only=request.reduce_only or (request.close_position and not account.hedge),
        position_side=request.position_side,
        client_order_id=order.client_algo_id,
        self_trade_prevention=request.self_trade_prevention,
        price_match=request.price_match,
        good_till_ms=request.good_till_ms if is_limit else 0,
    )
