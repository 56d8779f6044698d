"""Bad input: one clear line that names the key, the value and the rule, a documented exit code, nothing sent."""

from pathlib import Path

import pytest

from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange, home_with, started


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bid_spred": "1"}, ["bid_spred", "1", "is not a setting", "bid_spread"]),
        ({"bid_spread": "-1"}, ["bid_spread", "-1", "> 0"]),
        ({"market": "XYZ-USDT"}, ["market", "XYZ-USDT", "no such perpetual pair"]),
        ({"order_amount": "0.0001"}, ["order_amount", "0.0001", "LOT_SIZE"]),
        ({"order_amount": "0.0005", "order_level_amount": "0"}, ["order_amount", "0.0005", "0.001"]),
        ({"leverage": "200"}, ["leverage", "200", "125"]),
        ({"price_type": "custom"}, ["price_type", "custom"]),
        ({"price_source": "external_market"}, ["price_source_market", "external_market"]),
        ({"domain": "binance"}, ["domain", "binance", "binance_perpetual_local"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_a_wrong_setting_is_one_clear_line_and_nothing_happens(
    tmp_path: Path, changes: dict[str, str], said: list[str]
) -> None:
    home = home_with(tmp_path, **changes)
    async with exchange() as (_, row):
        account = (row["rest"], row["api_key"], row["api_secret"])
        before = await asks(*account, "/fapi/v1/symbolConfig", symbol="BTCUSDT")
        async with started("run", "--exchange", row["rest"], "--duration", "10", home=home) as bot:
            assert await bot.ends() == 3, bot.text
        assert await asks(*account, "/fapi/v1/symbolConfig", symbol="BTCUSDT") == before
        assert await asks(*account, "/fapi/v1/allOrders", symbol="BTCUSDT") == []
        config = await asks(*account, "/fapi/v1/accountConfig")
    assert config["dualSidePosition"] is False
    lines = [line for _, line in bot.lines if not line.startswith("connector ")]
    assert len(lines) == 1, bot.text
    assert all(word in lines[0] for word in said), lines[0]


async def test_an_amount_below_the_minimum_notional_names_the_amount_that_is_not(tmp_path: Path) -> None:
    home = home_with(tmp_path, market="ETH-USDT", order_amount="0.004", order_level_amount="0")
    async with started("run", "--duration", "10", home=home) as bot:
        assert await bot.ends() == 3, bot.text
    line = bot.lines[-1][1]
    assert all(word in line for word in ("order_amount", "0.004", "MIN_NOTIONAL")), line


@pytest.mark.parametrize("domain", ["binance_perpetual", "binance_perpetual_testnet"])
async def test_a_domain_without_a_key_says_how_to_give_it_one(tmp_path: Path, domain: str) -> None:
    async with started("run", "--domain", domain, home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 4, bot.text
    assert len(bot.lines) == 1
    assert bot.text.endswith(f"domain: {domain}: has no API key; give it one: connector connect {domain}")


async def test_an_exchange_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    async with started("run", "--exchange", "http://127.0.0.1:9", home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 5, bot.text
    assert "no exchange answers at http://127.0.0.1:9" in bot.text
    assert "Traceback" not in bot.text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "--duration", "-1"), 2, "duration"),
        (("run", "--sed", "1"), 2, "sed"),
        (("run", "--exchange", "https://fapi.binance.com"), 2, "--exchange"),
        (("run", "--config", "nowhere.yml"), 3, "nowhere.yml"),
        (("run", "--json", "no/such/folder/out.json"), 3, "--json"),
        (("replay", "nowhere"), 3, "nowhere"),
        (("simulator", "--port", "99999"), 2, "port"),
    ],
)
async def test_a_wrong_command_line_is_told_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    async with started(*arguments, home=home_with(tmp_path)) as program:
        assert await program.ends() == code, program.text
    assert said in program.text
    assert "Traceback" not in program.text
