"""Contracts of a list as they are traded: their own limits hold, dates come, and margin is in their own dollar."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.simulator.persistence.journal import replay_journal
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS, Caller, caller
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.contract_rows import dated_row, read, row, with_filter

SYMBOL, DATED = "ABCUSDT", "ABCUSDT_261225"
SOON_MS = START_MS + 60_000


def lister(path: Path, *rows: dict[str, Any]) -> Caller:
    return caller(replace(QUIET, instruments=read(path, *rows).instruments))


def at(call: Caller, ms: int) -> None:
    call.clock.advance(ms)
    call.runtime.pulse()


def status(call: Caller, symbol: str) -> str:
    rows = call("GET", "/fapi/v1/exchangeInfo")["symbols"]
    return str(next(each["status"] for each in rows if each["symbol"] == symbol))


def test_the_least_quantity_of_a_row_holds(tmp_path: Path) -> None:
    filters = [{**one, "minQty": "30"} if one["filterType"] == "LOT_SIZE" else one for one in row()["filters"]]
    call = lister(tmp_path, row(filters=filters, startPrice="1"))
    assert call.order("BUY", "29", "1", symbol=SYMBOL)["code"] == -4004
    assert call.order("BUY", "30", "1", symbol=SYMBOL)["status"] == "NEW"


def test_the_least_quantity_of_a_market_order_holds_for_market_orders_alone(tmp_path: Path) -> None:
    call = lister(tmp_path, {**with_filter("MARKET_LOT_SIZE", minQty="50"), "startPrice": "1"})
    assert call.other().order("SELL", "49", "1", symbol=SYMBOL)["status"] == "NEW"
    assert call.order("BUY", "49", symbol=SYMBOL)["code"] == -4004


def test_the_background_keeps_to_the_least_quantity(tmp_path: Path) -> None:
    instruments = read(tmp_path, {**with_filter("LOT_SIZE", minQty="7000"), "startPrice": "1"}).instruments
    quoting = caller(replace(QUIET, instruments=instruments, background=True))
    for _ in range(100):
        at(quoting, 50)
    book = quoting("GET", "/fapi/v1/depth", symbol=SYMBOL)
    assert book["bids"] and all(Decimal(quantity) >= 7_000 for _, quantity in book["bids"] + book["asks"])


def test_a_time_in_force_that_the_row_lacks_is_refused(tmp_path: Path) -> None:
    call = lister(tmp_path, row(startPrice="1", timeInForce=["GTC", "IOC", "FOK"]))
    assert call.order("BUY", "30", "1", symbol=SYMBOL, timeInForce="GTX")["code"] == -1115
    assert call.order("BUY", "30", "1", symbol=SYMBOL)["status"] == "NEW"
    stop = {"algoType": "CONDITIONAL", "symbol": SYMBOL, "side": "BUY", "type": "STOP", "quantity": "30"}
    stop |= {"price": "1.03", "triggerPrice": "1.02"}
    assert call.code("POST", "/fapi/v1/algoOrder", **stop, timeInForce="GTX") == -1115
    assert call("POST", "/fapi/v1/algoOrder", **stop, timeInForce="IOC")["algoStatus"] == "NEW"


def test_a_least_notional_below_one_is_one(tmp_path: Path) -> None:
    call = lister(tmp_path, {**with_filter("MIN_NOTIONAL", notional="1.5"), "startPrice": "0.5"})
    assert call.order("BUY", "2", "0.5", symbol=SYMBOL)["code"] == -4164
    assert call.order("BUY", "3", "0.5", symbol=SYMBOL)["status"] == "NEW"


def test_a_contract_with_a_date_pays_no_funding_until_it_is_delivered(tmp_path: Path) -> None:
    instruments = read(tmp_path, row(startPrice="1"), dated_row(deliveryDate=SOON_MS)).instruments
    call = caller(replace(QUIET, instruments=instruments, funding_first_s=8, funding_interval_s=8))
    told = call("GET", "/fapi/v1/premiumIndex", symbol=DATED)
    assert (told["lastFundingRate"], told["interestRate"], told["nextFundingTime"]) == ("", "", 0)
    assert [each["symbol"] for each in call("GET", "/fapi/v1/fundingInfo")] == [SYMBOL]
    assert "pays no funding" in call.local("PUT", "/local/v1/funding", symbol=DATED, rate="0.01")["msg"]
    other = call.other()
    other.order("SELL", "100", "1", symbol=DATED)
    call.order("BUY", "100", "1", symbol=DATED)
    for _ in range(3):
        at(call, 8_000)
    assert {each["symbol"] for each in call("GET", "/fapi/v1/fundingRate")} == {SYMBOL}
    assert call("GET", "/fapi/v1/income", incomeType="FUNDING_FEE") == []


def test_a_contract_with_a_date_is_delivered_at_the_mark(tmp_path: Path) -> None:
    call = lister(tmp_path, row(startPrice="1"), dated_row(deliveryDate=SOON_MS))
    other = call.other()
    other.order("SELL", "100", "1", symbol=DATED)
    call.order("BUY", "100", "1", symbol=DATED)
    resting = call.order("BUY", "100", "0.9", symbol=DATED)
    call.runtime.engine.fix_mark(DATED, 110_000_000)
    at(call, 59_900)
    assert status(call, DATED) == "TRADING"
    at(call, 200)
    assert (status(call, DATED), status(call, SYMBOL)) == ("DELIVERING", "TRADING")
    (gain,) = call("GET", "/fapi/v1/income", incomeType="REALIZED_PNL")
    assert Decimal(gain["income"]) == 10
    assert [each for each in call("GET", "/fapi/v3/positionRisk") if Decimal(each["positionAmt"])] == []
    ended = call("GET", "/fapi/v1/order", symbol=DATED, orderId=resting["orderId"])
    assert ended["status"] == "EXPIRED"
    assert call.order("BUY", "100", "1", symbol=DATED)["code"] == -4141
    (row_of_it,) = call("GET", "/futures/data/delivery-price", pair=SYMBOL)
    assert row_of_it == {"deliveryTime": START_MS + 60_100, "deliveryPrice": 1.1}
    assert conserved(call.runtime.engine)


def test_a_perpetual_contract_with_a_delivery_date_ends_then(tmp_path: Path) -> None:
    call = lister(tmp_path, row(startPrice="1", deliveryDate=SOON_MS), row("OTHERUSDT"))
    at(call, 60_000)
    assert (status(call, SYMBOL), status(call, "OTHERUSDT")) == ("SETTLING", "TRADING")
    assert call.order("BUY", "100", "1", symbol=SYMBOL)["code"] == -4141


@pytest.mark.parametrize("date", [START_MS, START_MS - 1, 0])
def test_a_date_that_is_over_at_the_start_is_told_and_ends_nothing(tmp_path: Path, date: int) -> None:
    call = lister(tmp_path, dated_row(deliveryDate=date))
    for _ in range(3):
        at(call, 60_000)
    assert status(call, DATED) == "TRADING"
    assert call("GET", "/fapi/v1/exchangeInfo")["symbols"][0]["deliveryDate"] == date
    assert call("GET", "/futures/data/delivery-price", pair=SYMBOL) == []


def test_a_whole_list_that_is_due_at_once_is_delivered_by_and_by(tmp_path: Path) -> None:
    call = lister(tmp_path, *(row(f"A{number:02}USDT", deliveryDate=SOON_MS) for number in range(12)))
    at(call, 60_000)
    ended = [each.status for each in call.runtime.engine.listings.values()].count("SETTLING")
    assert 0 < ended < 12
    at(call, 50)
    at(call, 50)
    assert {each.status for each in call.runtime.engine.listings.values()} == {"SETTLING"}


def test_candles_of_a_pair_are_told_by_type(tmp_path: Path) -> None:
    call = lister(tmp_path, dated_row(startPrice="1"), row(startPrice="1"))
    other = call.other()
    other.order("SELL", "100", "1", symbol=DATED)
    call.order("BUY", "100", "1", symbol=DATED)
    asked = {"pair": SYMBOL, "interval": "1m"}
    (candle,) = call("GET", "/fapi/v1/continuousKlines", **asked, contractType="CURRENT_QUARTER")
    assert candle[5] == "100"
    assert call("GET", "/fapi/v1/continuousKlines", **asked, contractType="PERPETUAL") == []
    assert call("GET", "/fapi/v1/continuousKlines", **asked, contractType="NEXT_QUARTER") == []
    (basis,) = call("GET", "/futures/data/basis", pair=SYMBOL, contractType="CURRENT_QUARTER", period="5m")
    assert basis["contractType"] == "CURRENT_QUARTER"


def test_the_background_of_a_contract_with_a_date_stays_near_its_pair(tmp_path: Path) -> None:
    instruments = read(tmp_path, row(startPrice="1"), dated_row()).instruments
    call = caller(replace(QUIET, instruments=instruments, background=True))
    for _ in range(200):
        at(call, 50)
    marks = {each["symbol"]: Decimal(each["markPrice"]) for each in call("GET", "/fapi/v1/premiumIndex")}
    assert abs(marks[DATED] / marks[SYMBOL] - 1) < Decimal("0.01")


def test_a_dollar_that_the_list_brings_is_a_margin_asset(tmp_path: Path) -> None:
    listed = row("ABCBUSD", baseAsset="ABC", quoteAsset="BUSD", marginAsset="BUSD", startPrice="1")
    call = lister(tmp_path, row(startPrice="1"), listed)
    other = call.other()
    for one in (call, other):
        told = one.local("POST", "/local/v1/transfer", api_key=one.sender.api_key, asset="BUSD", amount="1000")
        assert told["asset"] == "BUSD"
    other.order("SELL", "100", "1", symbol="ABCBUSD")
    assert call.order("BUY", "100", "1", symbol="ABCBUSD", newOrderRespType="RESULT")["status"] == "FILLED"
    paid = {each["asset"] for each in call("GET", "/fapi/v1/income", incomeType="COMMISSION")}
    assert paid == {"BUSD"}
    assert call("GET", "/fapi/v1/assetIndex", symbol="BUSDUSD")["index"] == "1.00000000"
    assert call.local("PUT", "/local/v1/asset", asset="BUSD", index="0.9")["index"] == "0.90000000"
    assert call("POST", "/sapi/v1/asset/get-funding-asset", asset="BUSD") == []
    assert conserved(call.runtime.engine)


def test_a_life_with_dates_goes_on_from_its_file(tmp_path: Path) -> None:
    instruments = read(tmp_path, row(startPrice="1"), dated_row(deliveryDate=SOON_MS)).instruments
    call = caller(replace(QUIET, instruments=instruments, state=tmp_path / "state", background=True))
    call.runtime.keep()
    later = Runtime(replace(call.runtime.settings))
    again = Caller(later, call.clock, later.default_key)
    at(again, 60_000)
    assert status(again, DATED) == "DELIVERING"


def test_a_delivery_is_done_again_by_a_replay(tmp_path: Path) -> None:
    rows = row(startPrice="1", timeInForce=["GTC", "IOC"]), dated_row(deliveryDate=SOON_MS)
    settings = replace(QUIET, instruments=read(tmp_path, *rows).instruments, journal=tmp_path / "journal")
    call = caller(settings)
    call.other().order("SELL", "100", "1", symbol=DATED)
    call.order("BUY", "100", "1", symbol=DATED)
    at(call, 60_000)
    assert status(call, DATED) == "DELIVERING"
    call.runtime.close()
    again = replay_journal(tmp_path / "journal")
    assert again.recorded == again.state_hash and again.agrees


def test_a_contract_that_is_made_to_tell_another_status_is_delivered_all_the_same(tmp_path: Path) -> None:
    call = lister(tmp_path, row(startPrice="1"), dated_row(deliveryDate=SOON_MS))
    told = {"name": "contract_status", "symbol": DATED, "status": "PRE_DELIVERING", "times": 1}
    assert "code" not in call.local("POST", "/local/v1/faults", **told)
    at(call, 50)
    assert status(call, DATED) == "PRE_DELIVERING"
    at(call, 60_000)
    assert status(call, DATED) == "DELIVERING"
