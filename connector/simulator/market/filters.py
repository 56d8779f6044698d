"""The contract's filters on one order, with the venue's codes ("Exchange information: filters")."""

from decimal import Decimal
from math import ceil, floor

from connector.core.value_objects import value_object
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8, decimals_of, to_e8
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest


@value_object
class Terms:
    """An order's price (0 for MARKET) and quantity in ticks and lots."""

    ticks: int
    lots: int


def checked(
    request: OrderRequest, price: Decimal | None, listing: Listing, *, closes: bool, short: int = -4164
) -> Terms:
    """The order in ticks and lots, or the first filter that refuses it.

    `closes` frees from MIN_NOTIONAL; `short` is the code of a notional below it.
    """
    instrument = listing.instrument
    ticks = price_ticks(price, instrument) if request.kind == LIMIT and price is not None else 0
    lots = quantity_lots(request.quantity, request.kind, instrument)
    if ticks:
        _check_band(request.side, ticks, listing)
    if not closes:
        check_notional(ticks, lots, listing, short)
    return Terms(ticks, lots)


def bound_ticks(side: int, listing: Listing) -> int:
    """How far a market order may go: the mark price with the market take bound, in ticks."""
    return price_bound(side, 1 + side * listing.instrument.market_take_bound, listing)


def band_ticks(side: int, listing: Listing) -> int:
    """The highest price to buy at, or the lowest to sell at, by PERCENT_PRICE."""
    instrument = listing.instrument
    return price_bound(side, instrument.percent_up if side == BUY else instrument.percent_down, listing)


def price_bound(side: int, share: Decimal, listing: Listing) -> int:
    """The last tick that is not beyond mark x share, seen from `side`."""
    limit_e8 = int(listing.mark_price.mark_e8 * share)
    tick_e8 = listing.instrument.tick_e8
    return limit_e8 // tick_e8 if side == BUY else -(-limit_e8 // tick_e8)


def price_ticks(price: Decimal, instrument: Instrument) -> int:
    """A price in ticks, by PRICE_FILTER."""
    is_within = instrument.min_price <= price <= instrument.max_price
    if is_within and not (price - instrument.min_price) % instrument.tick:
        return instrument.ticks_of(price)
    if price < 0:
        raise VenueError(-4001)
    if decimals_of(price) > instrument.price_precision:
        raise VenueError(-1111)
    if price < instrument.min_price:
        raise VenueError(-4013)
    if price > instrument.max_price:
        raise VenueError(-4002)
    raise VenueError(-4014)


def trigger_ticks(price: Decimal, instrument: Instrument) -> int:
    """A trigger price in ticks, by PRICE_FILTER with the codes of stop prices."""
    if price <= 0:
        raise VenueError(-4006)
    if price > instrument.max_price:
        raise VenueError(-4007)
    return price_ticks(price, instrument)


def check_trigger_band(side: int, ticks: int, trigger: int, instrument: Instrument) -> None:
    """A conditional order's limit keeps to the PERCENT_PRICE multipliers of its trigger price."""
    limit = floor(trigger * instrument.percent_up) if side == BUY else ceil(trigger * instrument.percent_down)
    if side * (ticks - limit) > 0:
        raise VenueError(-4183 if side == BUY else -4184, instrument.price_text(limit))


def quantity_lots(quantity: Decimal, kind: str, instrument: Instrument) -> int:
    """A quantity in lots, by LOT_SIZE and for a market order by MARKET_LOT_SIZE too."""
    least, most = _bounds(kind, instrument)
    if least <= quantity <= most and not quantity % instrument.step:
        return instrument.lots_of(quantity)
    if quantity <= 0:
        raise VenueError(-4003)
    if decimals_of(quantity) > instrument.quantity_precision:
        raise VenueError(-1111)
    if quantity < least:
        raise VenueError(-4004)
    if quantity > most:
        raise VenueError(-4005)
    raise VenueError(-4023)


def _bounds(kind: str, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """The least and the most; a market order keeps to both lot filters."""
    least = max(instrument.min_quantity, instrument.step)
    if kind == LIMIT:
        return least, instrument.max_quantity
    return max(least, instrument.market_min_quantity), min(instrument.max_quantity, instrument.market_max_quantity)


def _check_band(side: int, ticks: int, listing: Listing) -> None:
    limit = band_ticks(side, listing)
    if side * (ticks - limit) > 0:
        raise VenueError(-4016 if side == BUY else -4024, listing.instrument.price_text(limit))


def check_notional(ticks: int, lots: int, listing: Listing, short: int = -4164) -> None:
    """MIN_NOTIONAL at a price, or at mark where `ticks` is 0."""
    instrument = listing.instrument
    price_e8 = ticks * instrument.tick_e8 or listing.mark_price.mark_e8
    if price_e8 * lots * instrument.lot_e8 < to_e8(instrument.min_notional) * E8:
        raise VenueError(short, format(instrument.min_notional, "f"))
