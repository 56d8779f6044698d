"""What one run trades, and what can't go together."""

import pytest

from connector.bot.quoting.run_plan import NamedSettings, RunPlan, alone
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.strategies.funding_spread import Settings as FundingSpread
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.places import SHIPPED_SETTINGS


def one(name: str, **changes: object) -> NamedSettings:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    return NamedSettings(name, settings, f"{name}.yml")


def test_strategies_beside_one_another_have_each_pair_once_and_each_its_leverage() -> None:
    spread = FundingSpread.model_validate(
        {
            "strategy": "funding_spread", "market": "BTC-USDT", "second_market": "BTC-USDC", "leverage": 5,
            "order_amount": "0.002", "position_amount": "0.01",
        }
    )  # fmt: skip
    plan = RunPlan((one("eth", market="ETH-USDT"), NamedSettings("spread", spread, "spread.yml")))
    assert plan.pairs == ("ETH-USDT", "BTC-USDT", "BTC-USDC")
    assert plan.leverages == {"ETH-USDT": 10, "BTC-USDT": 5, "BTC-USDC": 5}
    assert (plan.market, plan.is_several) == ("ETH-USDT", True)


def test_streams_that_one_of_them_wants_twice_are_so_for_all() -> None:
    assert RunPlan((one("btc"), one("eth", market="ETH-USDT", redundant_streams="true"))).redundant_streams
    assert not alone(one("btc").settings).redundant_streams


@pytest.mark.parametrize(
    ("second", "line"),
    [
        (
            {"name": "btc", "market": "ETH-USDT"},
            "--config: btc.yml: is called btc, as btc.yml is; rename one of the files",
        ),
        (
            {"market": "ETH-USDT", "domain": "binance_perpetual"},
            "eth.yml: domain: binance_perpetual: btc.yml has binance_perpetual_local, and a run trades at one domain; "
            "run them apart, or name one by --domain",
        ),
        (
            {"market": "ETH-USDT", "position_mode": "Hedge"},
            "eth.yml: position_mode: HEDGE: btc.yml has ONEWAY, and the account has one position mode; write the same "
            "into both",
        ),
        (
            {"leverage": "11"},
            "eth.yml: leverage: 11: btc.yml has 10, and BTC-USDT has one leverage; write the same into both",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_true_of_both_is_refused_in_a_line(second: dict[str, object], line: str) -> None:
    named = {"name": "eth", **second}
    with pytest.raises(ConfigFault) as refused:
        RunPlan((one("btc"), one(str(named.pop("name")), **named)))
    assert str(refused.value) == line
