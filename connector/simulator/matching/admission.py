"""Whether an account may place an order: its mode, its ids, what it may still reduce, and its margin."""

import re
from decimal import Decimal
from typing import NamedTuple

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.margin import charge
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.open_order_margin import Claim, limit_claim, market_claim
from connector.simulator.errors import VenueError
from connector.simulator.market.filters import band_ticks, checked
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import CLOSED, TRADING, Listing
from connector.simulator.market.orders import (
    BOTH,
    BUY,
    GTC,
    GTD,
    GTX,
    LIMIT,
    MARKET,
    NONE,
    RPI,
    AmendRequest,
    Order,
    OrderRequest,
    opens,
)
from connector.simulator.matching.matching import crosses

CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
#: Contracts on traditional finance ask for an agreement that is signed once.
UNSIGNED = -4411
GTD_LEAST_MS, GTD_MOST_MS = 600_000, 253_402_300_799_000


class Admitted(NamedTuple):
    """An order's terms after admission: a reduce-only quantity may have been cut to the position."""

    ticks: int
    lots: int
    closes: bool


def admit(
    account: Account, request: OrderRequest, listing: Listing, margin_pools: MarginPools, now_ms: int
) -> Admitted:
    """The terms on which the order is accepted, or the refusal."""
    if account.in_liquidation:
        raise VenueError(-2023)
    _check_words(account, request, listing, now_ms)
    closes = request.reduce_only or not opens(request.side, request.position_side)
    check_status(account, listing, request.side, closes=closes)
    terms = checked(request, _price(request, listing), listing, closes=closes)
    lots = _reducible(account, request, terms.lots, listing) if closes else terms.lots
    is_full = len(account.orders_of(listing.symbol)) >= listing.instrument.max_orders
    if is_full and not account.is_house and waits(request.kind, request.time_in_force):
        raise VenueError(-2025)
    if not closes and not account.is_house:
        margin_pools.check(account, listing, _claim(request, terms.lots, terms.ticks, listing))
    _check_book(request, terms.ticks, listing)
    return Admitted(terms.ticks, lots, closes)


def admit_amendment(
    account: Account,
    order: Order,
    ask: AmendRequest,
    listing: Listing,
    margin_pools: MarginPools,
) -> Admitted:
    """The new terms of an open order as if it were not there yet, or the refusal. What is filled stays filled."""
    request = OrderRequest(
        order.symbol,
        order.side,
        LIMIT,
        ask.quantity,
        ask.price,
        order.time_in_force,
        order.reduce_only,
        order.position_side,
        price_match=ask.price_match,
    )
    # A reduce-only order is spared the least notional where the change says that it is one ("Modify order", 2026-09).
    is_spared = order.closes and (ask.reduce_only or not order.reduce_only)
    terms = checked(request, _price(request, listing), listing, closes=is_spared, short=-5029)
    before_e8 = charge(account, listing, order.position_side).initial_e8
    account.uncount(order)
    try:
        lots, open_lots = terms.lots, terms.lots - order.filled_lots
        if order.closes and open_lots > 0:
            lots = order.filled_lots + _reducible(account, request, open_lots, listing)
        elif open_lots > 0 and not account.is_house:
            claim = _claim(request, open_lots, terms.ticks, listing)
            margin_pools.check(account, listing, claim, before_e8)
    finally:
        account.recount(order)
    return Admitted(terms.ticks, lots, order.closes)


def check_status(account: Account, listing: Listing, side: int, *, closes: bool) -> None:
    """-4140 and -4141 by the symbol's status; -4105 to -4107 and others where it lets only reduce, the house apart."""
    if listing.status != TRADING:
        raise VenueError(-4141 if listing.status in CLOSED else -4140)
    if closes or account.is_house:
        return
    for code in listing.opening_refused:
        if code != UNSIGNED or not account.has_signed:
            raise VenueError(code)
    if listing.control_side == NONE:
        return
    if listing.control_side == "BOTH":
        raise VenueError(-4105)
    if listing.control_side == ("BUY" if side == BUY else "SELL"):
        raise VenueError(-4106 if side == BUY else -4107)


def takes(instrument: Instrument, time_in_force: str) -> bool:
    """Whether a contract's orders may have that time in force."""
    return instrument.takes_rpi if time_in_force == RPI else time_in_force in instrument.times_in_force


def _check_words(account: Account, request: OrderRequest, listing: Listing, now_ms: int) -> None:
    if request.client_order_id and not CLIENT_ID.fullmatch(request.client_order_id):
        raise VenueError(-4015)
    same = account.by_client_id.get((request.symbol, request.client_order_id))
    if request.client_order_id and same is not None and same.is_open:
        raise VenueError(-4116)
    if account.hedge == (request.position_side == BOTH):
        raise VenueError(-4061)
    if account.hedge and request.reduce_only:
        raise VenueError(-4062)
    if request.kind == LIMIT and not account.is_house and not takes(listing.instrument, request.time_in_force):
        raise VenueError(-1115)
    in_range = now_ms + GTD_LEAST_MS < request.good_till_ms < GTD_MOST_MS
    if request.time_in_force == GTD and not in_range:
        raise VenueError(-5040)


def _price(request: OrderRequest, listing: Listing) -> Decimal | None:
    """The price asked for, or the one that `priceMatch` finds: n-th level of the other side or the own one."""
    if request.price_match == NONE:
        return request.price
    kind, _, nth = request.price_match.partition("_")
    side = request.side if kind == "QUEUE" else -request.side
    levels = listing.book.levels(side, int(nth or 1))
    if len(levels) < int(nth or 1):
        raise VenueError(-5041)
    return levels[-1][0] * listing.instrument.tick


def _reducible(account: Account, request: OrderRequest, lots: int, listing: Listing) -> int:
    """What the position still covers: one-way cuts to it, hedge mode refuses what is beyond it."""
    held = -request.side * account.position(listing.instrument, request.position_side).lots
    if held <= 0:
        raise VenueError(-2022)
    waiting = account.open_of(listing.symbol, request.position_side).closers_of(request.side)
    room = held - sum(order.open_lots for order in waiting)
    if room <= 0:
        raise VenueError(-4118)
    if account.hedge and lots > room:
        raise VenueError(-2022)
    return min(lots, room)


def _claim(request: OrderRequest, lots: int, ticks: int, listing: Listing) -> Claim:
    if request.kind == MARKET:
        return market_claim(request.side, request.position_side, lots, listing)
    return limit_claim(request.side, request.position_side, lots, ticks, listing)


def _check_book(request: OrderRequest, ticks: int, listing: Listing) -> None:
    """Refusals that the best price alone decides. None of them leaves a trace in the order history."""
    book, side = listing.book, request.side
    if request.kind == MARKET:
        best = book.best(-side)
        if best is not None and side * (best - band_ticks(side, listing)) > 0:
            raise VenueError(-4131)
    if request.time_in_force in (GTX, RPI) and crosses(book, side, ticks):
        raise VenueError(-5022)


def waits(kind: str, time_in_force: str) -> bool:
    """Whether what is left unfilled rests in the book."""
    return kind == LIMIT and time_in_force in (GTC, GTD, GTX, RPI)
