"""Whether an account may place a conditional order: everything but margin, which is looked at when it triggers."""

from dataclasses import replace
from decimal import Decimal

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.algo_orders import (
    CLOSING_KINDS,
    GTE_GTC,
    LIMIT_KINDS,
    TRAILING,
    AlgoRequest,
    Prices,
    is_past,
    is_reached,
)
from connector.simulator.errors import VenueError
from connector.simulator.market.filters import (
    check_notional,
    check_trigger_band,
    price_ticks,
    quantity_lots,
    trigger_ticks,
)
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, GTC, GTD, LIMIT, MARKET, NONE, Condition, opens
from connector.simulator.matching.admission import CLIENT_ID, GTD_LEAST_MS, GTD_MOST_MS, check_status, takes

#: "callbackRate": percent, the upper end as of 2026-10-23.
LEAST_CALLBACK, MOST_CALLBACK = Decimal("0.1"), Decimal(20)


def admit_algo(
    account: Account, request: AlgoRequest, listing: Listing, prices: Prices, now_ms: int
) -> tuple[Condition, int, int]:
    """The condition, the price in ticks (0 without one) and the lots (0 for a whole position), or the refusal."""
    _check_words(account, request, listing, now_ms)
    closes = request.reduce_only or request.close_position or not opens(request.side, request.position_side)
    check_status(account, listing, request.side, closes=closes)
    _check_close(account, request)
    condition = replace(_condition(request, listing, prices), asked_ms=now_ms)
    ticks = 0 if request.price is None else price_ticks(request.price, listing.instrument)
    if ticks:
        check_trigger_band(request.side, ticks, condition.trigger_ticks, listing.instrument)
    lots = _lots(request, listing)
    if lots and not closes:
        check_notional(ticks or condition.trigger_ticks, lots, listing)
    if request.time_in_force == GTE_GTC and not account.position(listing.instrument, request.position_side).lots:
        raise VenueError(-4509)
    return condition, ticks, lots


def _check_words(account: Account, request: AlgoRequest, listing: Listing, now_ms: int) -> None:
    in_force = GTC if request.time_in_force == GTE_GTC else request.time_in_force
    if request.kind in LIMIT_KINDS and not takes(listing.instrument, in_force):
        raise VenueError(-1115)
    if request.client_algo_id and not CLIENT_ID.fullmatch(request.client_algo_id):
        raise VenueError(-4015)
    if account.hedge == (request.position_side == BOTH):
        raise VenueError(-4061)
    if account.hedge and request.reduce_only:
        raise VenueError(-4062)
    if request.time_in_force == GTD and not now_ms + GTD_LEAST_MS < request.good_till_ms < GTD_MOST_MS:
        raise VenueError(-5040)
    if request.price_match != NONE and request.kind not in LIMIT_KINDS:
        raise VenueError(-5038)


def _check_close(account: Account, request: AlgoRequest) -> None:
    """What closes a whole position names no quantity, and in hedge mode only the side that closes."""
    if not request.close_position:
        return
    if request.kind not in CLOSING_KINDS:
        raise VenueError(-4136)
    if request.quantity is not None:
        raise VenueError(-4137)
    if account.hedge and opens(request.side, request.position_side):
        raise VenueError(-4061)


def _condition(request: AlgoRequest, listing: Listing, prices: Prices) -> Condition:
    if request.kind == TRAILING:
        return _trailing(request, listing, prices)
    instrument = listing.instrument
    ticks = trigger_ticks(request.trigger_price or Decimal(0), instrument)
    if is_past(request.kind, request.side, ticks * instrument.tick_e8, prices.reference_e8(request.working_type)):
        raise VenueError(-2021)
    return Condition(request.kind, ticks, request.working_type, request.price_protect, request.close_position)


def _trailing(request: AlgoRequest, listing: Listing, prices: Prices) -> Condition:
    rate = request.callback_rate or Decimal(0)
    if not LEAST_CALLBACK <= rate <= MOST_CALLBACK or rate * 100 % 1:
        raise VenueError(-1130, "callbackRate")
    ticks = 0
    if request.activate_price is not None:
        if request.activate_price <= 0:
            raise VenueError(-4135)
        ticks = price_ticks(request.activate_price, listing.instrument)
        if is_reached(request.side, ticks * listing.instrument.tick_e8, prices.reference_e8(request.working_type)):
            raise VenueError(-2021)
    return Condition(
        request.kind, 0, request.working_type, request.price_protect, activate_ticks=ticks, callback_e4=int(rate * 100)
    )


def _lots(request: AlgoRequest, listing: Listing) -> int:
    if request.close_position:
        return 0
    kind = LIMIT if request.kind in LIMIT_KINDS else MARKET
    return quantity_lots(request.quantity or Decimal(0), kind, listing.instrument)
