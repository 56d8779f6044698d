"""The filters of a row of exchangeInfo, and whether orders can pass them at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.simulator.market.row_fields import Row, Unusable, amount_in, share_in

#: A market needs so many ticks between its least and its highest price.
LEAST_TICKS = 100
MIN_PRICES, TICKS = 100, 20_000


@dataclass(frozen=True, slots=True)
class Prices:
    """PRICE_FILTER and PERCENT_PRICE."""

    tick: Decimal
    least: Decimal
    most: Decimal
    up: Decimal
    down: Decimal

    def start(self, row: Row, kin: Decimal | None) -> Decimal:
        """Where the market begins, by the rule of `instrument_rows`: on the grid and within the filter.

        `kin` is the price of a contract that says where this one's is.
        """
        tick, least, most = self.tick, max(self.least, 2 * self.tick), self.most
        told = amount_in(row, "startPrice") if row.get("startPrice") is not None else None
        price = told or kin or (self.least * MIN_PRICES if self.least > 10 * tick else tick * TICKS)
        price -= price % tick
        if least <= price < most:
            return price
        if told is not None:
            raise Unusable("startPrice", f"startPrice is {told}, not between minPrice {least} and maxPrice {most}")
        middle = (least + most) / 2
        return middle - middle % tick


@dataclass(frozen=True, slots=True)
class Lots:
    """LOT_SIZE and MARKET_LOT_SIZE, which have one step."""

    step: Decimal
    least: Decimal
    most: Decimal
    market_least: Decimal
    market_most: Decimal


def filters_of(row: Row) -> dict[str, Row]:
    """The filters by name."""
    filters = row.get("filters")
    if not isinstance(filters, list):
        raise Unusable("filters", "it has no filters")
    return {str(each.get("filterType")): each for each in filters if isinstance(each, dict)}


def prices_in(filters: Mapping[str, Row]) -> Prices:
    """The bounds of prices, which leave room for a market."""
    row, bounds = _filter(filters, "PRICE_FILTER"), filters.get("PERCENT_PRICE", {})
    tick = amount_in(row, "tickSize")
    least, most = amount_in(row, "minPrice", tick), amount_in(row, "maxPrice")
    if most - least < LEAST_TICKS * tick:
        raise Unusable(
            "maxPrice", f"maxPrice is {most}: {LEAST_TICKS} ticks of {tick} at least must lie above minPrice {least}"
        )
    if least % tick:
        raise Unusable("minPrice", f"minPrice is {least}, no multiple of tickSize {tick}")
    up = amount_in(bounds, "multiplierUp", Decimal("1.0500"))
    if up <= 1:
        raise Unusable("multiplierUp", f"multiplierUp is {up} and should be above 1: nobody could buy at the mark")
    return Prices(tick, least, most, up, share_in(bounds, "multiplierDown", Decimal("0.9500")))


def lots_in(filters: Mapping[str, Row]) -> Lots:
    """The bounds of quantities, which let some pass."""
    limit = _filter(filters, "LOT_SIZE")
    market = filters.get("MARKET_LOT_SIZE", limit)
    step = amount_in(limit, "stepSize")
    if (other := amount_in(market, "stepSize", step)) != step:
        raise Unusable("stepSize", f"stepSize is {other} in MARKET_LOT_SIZE and {step} in LOT_SIZE; both have one here")
    least, most = _bounds(limit, step)
    return Lots(step, least, most, *_bounds(market, step))


def _bounds(row: Row, step: Decimal) -> tuple[Decimal, Decimal]:
    least, most = amount_in(row, "minQty", step), amount_in(row, "maxQty")
    if least % step:
        raise Unusable("minQty", f"minQty is {least}, no multiple of stepSize {step}")
    if most < max(least, step):
        raise Unusable("maxQty", f"maxQty is {most}, below minQty {least}: no order could be so small")
    return least, most


def _filter(filters: Mapping[str, Row], name: str) -> Row:
    if name not in filters:
        raise Unusable(name, f"it has no {name} filter")
    return filters[name]
