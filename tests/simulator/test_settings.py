from dataclasses import replace
from decimal import Decimal

from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import QUIET, caller


def test_the_shipped_run_funds_soon_and_often() -> None:
    settings = SimulatorSettings()
    assert (settings.funding_first_s, settings.funding_interval_s) == (8.0, 8.0)
    assert (settings.deposit, settings.limits, settings.background) == (Decimal(10_000), True, True)


def test_a_symbols_funding_hours_and_the_insurance_fund_are_settings() -> None:
    made = caller(replace(QUIET, funding_hours={"ETHUSDT": 4}, insurance_fund=Decimal(5)))
    rows = {row["symbol"]: row["fundingIntervalHours"] for row in made("GET", "/fapi/v1/fundingInfo")}
    assert (rows["BTCUSDT"], rows["ETHUSDT"]) == (8, 4)
    assert made("GET", "/fapi/v1/insuranceBalance", symbol="BTCUSDT")["assets"][0]["marginBalance"] == "5.00000000"
