from dataclasses import replace

import pytest

from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from tests.companions.simulator.callers import QUIET, START_MS, Caller, caller


@pytest.fixture
def whole() -> Caller:
    """Everything that is listed when nobody says otherwise."""
    return caller(replace(QUIET, instruments=DEFAULT_INSTRUMENTS))


def test_one_asset_is_an_object_and_all_are_a_list(whole: Caller) -> None:
    rows = whole("GET", "/fapi/v1/assetIndex")
    assert whole("GET", "/fapi/v1/assetIndex", symbol="ETHUSD") in rows
    assert whole.code("GET", "/fapi/v1/assetIndex", symbol="ETHUSDT") == -1121


def test_composite_contracts_alone_have_index_information(whole: Caller) -> None:
    (row,) = whole("GET", "/fapi/v1/indexInfo")
    assert row["symbol"] == "BTCDOMUSDT"
    assert whole("GET", "/fapi/v1/indexInfo", symbol="BTCDOMUSDT") == row
    assert whole.code("GET", "/fapi/v1/indexInfo", symbol="BTCUSDT") == -1121


def test_an_index_price_has_constituents(whole: Caller) -> None:
    assert whole("GET", "/fapi/v1/constituents", symbol="BTCUSDT")["symbol"] == "BTCUSDT"
    assert whole.code("GET", "/fapi/v1/constituents") == -1102


def test_the_schedule_spans_a_week_back_and_a_week_ahead(whole: Caller) -> None:
    markets = whole("GET", "/fapi/v1/tradingSchedule")["marketSchedules"]
    assert set(markets) == {"EQUITY", "COMMODITY", "KR_EQUITY", "HK_EQUITY", "CN_EQUITY", "FX"}
    week_ms = 7 * 86_400_000
    for market in markets.values():
        first, last = market["sessions"][0], market["sessions"][-1]
        assert first["startTime"] <= START_MS - week_ms < first["endTime"]
        assert last["startTime"] <= START_MS + week_ms < last["endTime"]
