from itertools import pairwise

from connector.simulator.ids import Ids
from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT, MAJORS, XAUUSDT
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing, listed
from connector.simulator.payloads.instrument_payloads import exchange_info, leverage_brackets, plain
from tests.companions.simulator.callers import names

NOW_MS = 1_700_000_000_000


def listings(*instruments: Instrument) -> list[Listing]:
    return [listed(row, Ids(NOW_MS), NOW_MS, FundingSchedule(8)) for row in instruments]


def test_the_contract_carries_todays_filters() -> None:
    (row,) = exchange_info(listings(BTCUSDT), NOW_MS)["symbols"]  # type: ignore[misc]
    filters = {entry["filterType"]: entry for entry in row["filters"]}
    assert filters["PRICE_FILTER"] == {
        "filterType": "PRICE_FILTER",
        "minPrice": "556.80",
        "maxPrice": "4529764",
        "tickSize": "0.10",
    }
    assert [filters["LOT_SIZE"][name] for name in ("minQty", "maxQty", "stepSize")] == ["0.001", "1000", "0.001"]
    assert filters["MARKET_LOT_SIZE"]["maxQty"] == "120"
    assert (filters["MIN_NOTIONAL"]["notional"], filters["MAX_NUM_ORDERS"]["limit"]) == ("50", 200)
    assert (filters["PERCENT_PRICE"]["multiplierUp"], filters["PERCENT_PRICE"]["multiplierDown"]) == (
        "1.0500",
        "0.9500",
    )
    assert "MAX_NUM_ALGO_ORDERS" not in filters
    assert (row["marketTakeBound"], row["pricePrecision"], row["quantityPrecision"]) == ("0.05", 2, 3)


def test_the_rate_limits_are_named() -> None:
    limits = exchange_info(listings(*MAJORS), NOW_MS)["rateLimits"]
    rows = {(row["rateLimitType"], row["interval"], row["intervalNum"]): row["limit"] for row in limits}  # type: ignore[attr-defined]
    assert rows == {
        ("REQUEST_WEIGHT", "MINUTE", 1): 2400,
        ("ORDERS", "MINUTE", 1): 1200,
        ("ORDERS", "SECOND", 10): 300,
    }


def test_brackets_follow_each_other_without_gap() -> None:
    rows = leverage_brackets(BTCUSDT)["brackets"]
    assert isinstance(rows, list)
    assert all(below["notionalCap"] == above["notionalFloor"] for below, above in pairwise(rows))
    assert (rows[0]["initialLeverage"], rows[0]["maintMarginRatio"], rows[0]["cum"]) == (125, 0.004, 0.0)
    assert rows[1]["cum"] == 300.0


def test_figures_have_no_exponent() -> None:
    assert plain(BTCUSDT.max_quantity) == "1000"


def test_a_contract_tells_its_family_status_and_control() -> None:
    index, gold = listings(BTCDOMUSDT, XAUUSDT)
    gold.status, gold.control_side = "PRE_SETTLE", "BUY"
    rows = exchange_info([index, gold], NOW_MS)["symbols"]
    assert isinstance(rows, list)
    assert [(row["contractType"], row["underlyingType"], row["status"]) for row in rows] == [
        ("PERPETUAL", "INDEX", "TRADING"),
        ("TRADIFI_PERPETUAL", "COMMODITY", "PRE_SETTLE"),
    ]
    assert [row["filters"][-1]["positionControlSide"] for row in rows] == ["NONE", "BUY"]


def test_a_contract_has_every_field_of_today() -> None:
    (row,) = exchange_info(listings(BTCUSDT), NOW_MS)["symbols"]  # type: ignore[misc]
    assert set(row) == names(
        "symbol pair contractType deliveryDate onboardDate status maintMarginPercent requiredMarginPercent baseAsset "
        "quoteAsset marginAsset pricePrecision quantityPrecision baseAssetPrecision quotePrecision underlyingType "
        "underlyingSubType triggerProtect liquidationFee marketTakeBound maxMoveOrderLimit filters "
        "orderTypes timeInForce permissionSets"
    )
