from dataclasses import replace
from itertools import pairwise

import pytest

from connector.simulator.market.default_instruments import BTCDOMUSDT, DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import PENDING_TRADING, Instrument
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import START_MS, caller


def test_no_contract_is_listed_twice() -> None:
    assert len({row.symbol for row in DEFAULT_INSTRUMENTS}) == len(DEFAULT_INSTRUMENTS) >= 6


@pytest.mark.parametrize("row", DEFAULT_INSTRUMENTS, ids=lambda row: row.symbol)
def test_a_contracts_figures_fit_each_other(row: Instrument) -> None:
    for price in (row.start_price, row.max_price):
        assert price % row.tick == 0
    assert row.min_price < row.start_price < row.max_price
    assert row.tick.scaleb(row.price_precision) >= 1 and row.step.scaleb(row.quantity_precision) >= 1
    assert row.market_max_quantity <= row.max_quantity
    assert row.market_max_quantity * row.start_price > 100 * row.min_notional
    assert all(low.cap < high.cap and low.leverage > high.leverage for low, high in pairwise(row.brackets))
    assert all(low.rate_e8 < high.rate_e8 and low.cum_e8 < high.cum_e8 for low, high in pairwise(row.brackets))


def test_the_components_of_the_index_are_its_whole() -> None:
    assert sum(share for _, share in BTCDOMUSDT.components) == 1


def test_the_background_makes_a_market_in_every_contract() -> None:
    call = caller(SimulatorSettings(limits=False))
    for _ in range(200):
        call.clock.advance(50)
        call.runtime.pulse()
    traded = {row.symbol for row in DEFAULT_INSTRUMENTS if row.first_status != PENDING_TRADING}
    for row in (row for row in call("GET", "/fapi/v1/ticker/bookTicker") if row["symbol"] in traded):
        assert 0 < float(row["bidPrice"]) < float(row["askPrice"])
        assert float(row["bidQty"]) > 0 and float(row["askQty"]) > 0
    assert call.runtime.market.refused_commands < call.runtime.background.commands / 5
    assert call.runtime.now_ms() == START_MS + 10_000


def test_one_contract_is_announced_and_not_traded_yet() -> None:
    call = caller(SimulatorSettings(limits=False))
    call.runtime.pulse()
    statuses = {row["symbol"]: row["status"] for row in call("GET", "/fapi/v1/exchangeInfo")["symbols"]}
    assert statuses["ADAUSDT"] == "PENDING_TRADING"
    assert call("GET", "/fapi/v1/depth", symbol="ADAUSDT")["bids"] == []
    assert call.order("BUY", "20", "0.7", symbol="ADAUSDT")["code"] == -4140


async def test_five_hundred_contracts_can_be_listed() -> None:
    many = tuple(replace(DEFAULT_INSTRUMENTS[0], symbol=f"C{number}USDT", base=f"C{number}") for number in range(500))
    async with LocalExchange(SimulatorSettings(background=False, instruments=many)) as venue:
        assert len(venue.engine.listings) == 500


def test_bitcoin_against_usdc_goes_with_bitcoin_against_usdt_and_costs_less() -> None:
    call = caller(SimulatorSettings(limits=False))
    distances, moved = [], []
    for number in range(1_200):
        call.clock.advance(50)
        call.runtime.pulse()
        if number % 20 == 19:
            rows = {row["symbol"]: row for row in call("GET", "/fapi/v1/premiumIndex")}
            usdt, usdc = (float(rows[symbol]["indexPrice"]) for symbol in ("BTCUSDT", "BTCUSDC"))
            distances.append(abs(usdc / usdt - 1))
            moved.append(usdt)
    assert max(distances) < 2e-3 < 3 * (max(moved) / min(moved) - 1) + 2e-3
    (row,) = [row for row in call("GET", "/fapi/v1/exchangeInfo")["symbols"] if row["symbol"] == "BTCUSDC"]
    assert (row["quoteAsset"], row["marginAsset"]) == ("USDC", "USDC")
    fees = call("GET", "/fapi/v1/commissionRate", symbol="BTCUSDC")
    assert (fees["makerCommissionRate"], fees["takerCommissionRate"]) == ("0.000000", "0.000400")


def test_a_contract_margined_in_usdc_is_traded_and_funded_in_usdc() -> None:
    call = caller(SimulatorSettings(limits=False))
    call.runtime.pulse()
    assert call.order("BUY", "0.01", symbol="BTCUSDC", type="MARKET")["code"] == -2019
    call.local("POST", "/local/v1/transfer", asset="USDC", amount="10000", api_key=call.sender.api_key)
    assert call.order("BUY", "0.01", symbol="BTCUSDC", type="MARKET")["status"] == "NEW"
    for _ in range(180):
        call.clock.advance(50)
        call.runtime.pulse()
    rows = call("GET", "/fapi/v1/income", symbol="BTCUSDC")
    assert {row["asset"] for row in rows} == {"USDC"}
    assert {row["incomeType"] for row in rows} == {"COMMISSION", "FUNDING_FEE"}
