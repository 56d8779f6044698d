"""Filters of a row: where its market begins, and what its lots are."""

from decimal import Decimal
from typing import Any

import pytest

from connector.simulator.market.row_fields import Unusable
from connector.simulator.market.row_filters import Prices, filters_of, lots_in, prices_in

PRICES = {"filterType": "PRICE_FILTER", "tickSize": "0.01", "minPrice": "1.00", "maxPrice": "1000"}
LOTS = {"filterType": "LOT_SIZE", "stepSize": "0.1", "minQty": "0.2", "maxQty": "50"}


def prices(**changed: Any) -> Prices:
    return prices_in({"PRICE_FILTER": {**PRICES, **changed}})


@pytest.mark.parametrize(
    ("row", "kin", "start"),
    [
        ({}, None, "100"),
        ({}, "250.017", "250.01"),
        ({"startPrice": "7"}, "250", "7"),
        ({}, "1000", "500.5"),
        ({}, "0.5", "500.5"),
    ],
)
def test_a_market_begins_where_its_row_or_its_kin_say_but_within_the_filter(
    row: dict[str, str], kin: str | None, start: str
) -> None:
    assert prices().start(row, None if kin is None else Decimal(kin)) == Decimal(start)


@pytest.mark.parametrize("told", ["1000", "0.99", "5000"])
def test_a_start_beyond_the_filter_is_refused(told: str) -> None:
    with pytest.raises(Unusable, match=f"startPrice is {told}, not between minPrice 1.00 and maxPrice 1000"):
        prices().start({"startPrice": told}, None)


def test_lots_of_market_orders_are_their_own() -> None:
    market = {"filterType": "MARKET_LOT_SIZE", "stepSize": "0.10", "minQty": "0.5", "maxQty": "20"}
    found = lots_in(filters_of({"filters": [LOTS, market, "odd"]}))
    told = (found.step, found.least, found.most, found.market_least, found.market_most)
    assert told == tuple(map(Decimal, ("0.1", "0.2", "50", "0.5", "20")))
    assert lots_in(filters_of({"filters": [LOTS]})).market_least == Decimal("0.2")
