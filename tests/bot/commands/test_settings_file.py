"""A settings file that explains itself: every strategy of the package, its keys, its bounds, written whole or not."""

import stat
from decimal import Decimal
from pathlib import Path

import pytest

from connector.bot.commands.settings_file import asked_keys, checked, put, refused, written
from connector.config.schema_table import SettingRow
from connector.core.faults import ConfigFault
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings as Settings

NAME = "perpetual_market_making"
NEEDED = {
    "domain": "binance_perpetual_local", "market": "BTC-USDT", "leverage": "5", "bid_spread": "0.1",
    "ask_spread": "0.2",
    "order_refresh_time": "30", "order_amount": "0.002",
}  # fmt: skip


def row(key: str) -> SettingRow:
    return next(row for row in asked_keys(Settings) if row.key == key)


def test_what_has_no_default_is_asked_for_first() -> None:
    has_default = [row.default is not None for row in asked_keys(Settings)]
    assert has_default == sorted(has_default) and not has_default[0] and has_default[-1]


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("market", "btcusdt", "must be base and quote joined by a dash"),
        ("market", "", "has to be set"),
        ("leverage", "0", "must be a whole number ≥ 1"),
        ("leverage", "ten", "must be a whole number ≥ 1"),
        ("bid_spread", "100", "must be a number > 0 and < 100 (%)"),
        ("position_mode", "both", "must be One-way or Hedge"),
        ("order_optimization_enabled", "perhaps", "must be true or false"),
        ("market", "btc-usdt", ""),
        ("bid_spread", "0.05", ""),
        ("stop_loss_spread", "", ""),
    ],
)
def test_a_value_is_held_against_its_bound_in_the_words_of_the_table(key: str, text: str, why: str) -> None:
    assert refused(Settings, row(key), text) == why


def test_the_file_is_loaded_as_it_was_answered_and_explains_each_key() -> None:
    text = written(NAME, Settings, NEEDED)
    settings = checked(text, Settings)
    assert isinstance(settings, Settings)
    assert (settings.market, settings.bid_spread) == ("BTC-USDT", Decimal("0.001"))
    assert "# distance of the first buy below the reference price: a number > 0 and < 100 (%).\nbid_spread: 0.1" in text
    assert "# order_levels: 1\n" in text


def test_what_does_not_go_together_is_told_as_a_run_tells_it() -> None:
    with pytest.raises(ConfigFault, match="minimum_spread: 1"):
        checked(written(NAME, Settings, {**NEEDED, "minimum_spread": "1"}), Settings)


def test_a_file_is_there_whole_and_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "conf" / "mine.yml"
    put("one: 1\n", path)
    with pytest.raises(ConfigFault, match="exists already"):
        put("two: 2\n", path)
    assert path.read_text() == "one: 1\n" and [each.name for each in path.parent.iterdir()] == ["mine.yml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
