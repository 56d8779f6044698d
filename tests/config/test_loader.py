from decimal import Decimal
from pathlib import Path

import pytest

from connector.config.loader import SettingsFault, is_off, load_settings
from connector.config.schema_table import schema_rows
from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault
from connector.strategies.ladder import planned
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.start_check import start_refusals
from connector.venue.domains import DOMAINS
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.strategies.scene import RULE

#: Every key that Hummingbot's file for this strategy holds (its template version 6), with the values of a user
#: who keeps the defaults: what has one is empty.
OTHER_HOSTS_FILE = """\
template_version: 6
strategy: perpetual_market_making
derivative: binance_perpetual_testnet
market: BTC-USDT
leverage: 10
position_mode: One-way
bid_spread: 0.1
ask_spread: 0.1
minimum_spread: -100.0
order_refresh_time: 30.0
order_refresh_tolerance_pct:
order_amount: 0.01
long_profit_taking_spread: 0.5
short_profit_taking_spread: 0.5
stop_loss_spread: 1.0
time_between_stop_loss_orders: 60.0
stop_loss_slippage_buffer: 0.5
price_ceiling: -1.0
price_floor: -1.0
order_levels: 2
order_level_amount: 0
order_level_spread: 0.5
filled_order_delay: 60.0
order_optimization_enabled: False
ask_order_optimization_depth: 0
bid_order_optimization_depth: 0
price_source: current_market
price_type: mid_price
price_source_derivative: null
price_source_market:
price_source_custom_api: ''
custom_api_update_interval: 5.0
order_override:
"""
OURS = {
    "domain", "quote_with_position", "quote_with_position_limit", "inventory_skew", "funding_pause_time",
    "redundant_streams", "replace_on_touch", "price_source_max_age",
}  # fmt: skip


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def changed(tmp_path: Path, key: str, value: str) -> Path:
    """The other host's file with one line changed; its lines keep their numbers."""
    lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in OTHER_HOSTS_FILE.splitlines()]
    return written(tmp_path, "\n".join(lines) + "\n")


def load(path: Path, **overrides: object) -> PerpetualMarketMakingSettings:
    return load_settings(path, PerpetualMarketMakingSettings, overrides)


def refusals(path: Path, **overrides: object) -> list[str]:
    with pytest.raises(ConfigFault) as caught:
        load(path, **overrides)
    return str(caught.value).replace(str(path), "mine.yml").splitlines()


def test_the_shipped_file_loads_and_trades_on_the_local_exchange() -> None:
    loaded = load(SHIPPED_SETTINGS)
    assert DOMAINS[loaded.domain].is_local
    assert loaded.market == "BTC-USDT"
    assert loaded.quote_with_position
    assert loaded.stop_loss_spread > 0
    assert loaded.long_profit_taking_spread > 0


def test_the_shipped_file_describes_orders_that_the_pair_takes() -> None:
    loaded = load(SHIPPED_SETTINGS)
    assert start_refusals(loaded, RULE, Decimal(60000)) == ()
    assert len({quote.amount for quote in planned(loaded, Decimal(60000))}) == loaded.order_levels == 2


def test_a_file_written_for_the_other_host_loads(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, OTHER_HOSTS_FILE))
    assert loaded.bid_spread == Decimal("0.001")
    assert loaded.position_mode is PositionMode.ONEWAY
    assert loaded.order_refresh_tolerance_pct == 0
    assert loaded.order_override == ()


def test_that_file_holds_every_key_but_our_own() -> None:
    keys = {line.split(":")[0] for line in OTHER_HOSTS_FILE.splitlines()}
    assert {row.key for row in schema_rows(PerpetualMarketMakingSettings)} == keys | OURS


def test_explicit_orders_are_read_from_the_file(tmp_path: Path) -> None:
    text = OTHER_HOSTS_FILE + "  first: [buy, 0.5, 0.01]\n  second: [sell, 0.1, 0.02]\n"
    orders = load(written(tmp_path, text)).order_override
    assert [(order.name, order.spread, order.amount) for order in orders] == [
        ("first", Decimal("0.005"), Decimal("0.01")),
        ("second", Decimal("0.001"), Decimal("0.02")),
    ]


def test_an_override_takes_the_place_of_what_the_file_says(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, OTHER_HOSTS_FILE), leverage=3, bid_spread="0.2", domain="binance_perpetual_testnet")
    assert (loaded.leverage, loaded.bid_spread) == (3, Decimal("0.002"))
    assert loaded.domain == "binance_perpetual_testnet"


@pytest.mark.parametrize(
    ("key", "value", "refusal"),
    [
        ("bid_spread", "-1", "mine.yml:7: bid_spread: -1: must be a number > 0 and < 100 (%)"),
        ("ask_spread", "100", "mine.yml:8: ask_spread: 100: must be a number > 0 and < 100 (%)"),
        ("leverage", "0", "mine.yml:5: leverage: 0: must be a whole number ≥ 1"),
        ("leverage", "ten", "mine.yml:5: leverage: ten: must be a whole number ≥ 1"),
        ("leverage", "", "mine.yml:5: leverage: (missing): has to be set; leverage, set and read back before quoting"),
        ("market", "BTCUSDT", "mine.yml:4: market: BTCUSDT: must be base and quote joined by a dash; such as BTC-USDT"),
        ("market", "[BTC, USDT]", "mine.yml:4: market: ['BTC', 'USDT']: must be a pair such as BTC-USDT"),
        ("order_amount", "0,01", "mine.yml:12: order_amount: 0,01: must be a number > 0 (base)"),
        ("order_amount", ".nan", "mine.yml:12: order_amount: .nan: must be a number > 0 (base)"),
        ("order_refresh_time", "0", "mine.yml:10: order_refresh_time: 0: must be a number > 0 (s)"),
        ("position_mode", "Netting", "mine.yml:6: position_mode: Netting: must be One-way or Hedge"),
        ("order_optimization_enabled", "si", "mine.yml:24: order_optimization_enabled: si: must be true or false"),
        ("price_floor", "0", "mine.yml:19: price_floor: 0: must be a price > 0, or -1 for none"),
        ("price_type", "middle", "mine.yml:28: price_type: middle: must be one of mid_price, last_price, "
         "last_own_trade_price, best_bid, best_ask, custom"),
        ("price_type", "custom", "mine.yml:28: price_type: custom: needs price_source custom_api; use mid_price"),
        ("price_source", "oracle", "mine.yml:27: price_source: oracle: must be one of current_market, external_market, "
         "custom_api"),
        ("price_source", "custom_api", "mine.yml:31: price_source_custom_api: (missing): has to be set with "
         "price_source custom_api; name an address"),
        ("price_source", "external_market", "mine.yml:30: price_source_market: (missing): has to be set with "
         "price_source external_market; name a pair"),
        ("price_source_derivative", "dydx_perpetual", "mine.yml:29: price_source_derivative: dydx_perpetual: no such "
         "domain; use one of binance_perpetual, binance_perpetual_testnet, binance_perpetual_local"),
        ("price_source_custom_api", "ftp://here", "mine.yml:31: price_source_custom_api: ftp://here: must be an "
         "address of http or https; such as https://example.org/price"),
        ("custom_api_update_interval", "0.4", "mine.yml:32: custom_api_update_interval: 0.4: must be a number ≥ 0.5 "
         "(s)"),
        ("strategy", "pure_market_making", "mine.yml:2: strategy: pure_market_making: must be "
         "perpetual_market_making, the strategy that runs here"),
        ("derivative", "kucoin_perpetual", "mine.yml:3: derivative: kucoin_perpetual: no such domain; use one of "
         "binance_perpetual, binance_perpetual_testnet, binance_perpetual_local"),
        ("minimum_spread", "0.2", "mine.yml:9: minimum_spread: 0.2: every quote at 0.1 % would be cancelled as soon "
         "as it is placed; use at most the smallest spread"),
        ("order_level_amount", "-0.01", "mine.yml:21: order_level_amount: -0.01: level 2 would have the amount 0; "
         "fewer levels, or a smaller decrease"),
        ("order_override", "{one: [hold, 1, 1]}", "mine.yml:33: order_override: {'one': ['hold', '1', '1']}: one must "
         "be [buy or sell, spread in %, amount in base units]; hold is neither side"),
        ("market", '"BTC\\e[31m"', "mine.yml:4: market: 'BTC\\x1b[31m': must be base and quote joined by a dash; "
         "such as BTC-USDT"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_one_line(tmp_path: Path, key: str, value: str, refusal: str) -> None:
    lines = refusals(changed(tmp_path, key, value))
    assert len(lines) == 1
    assert lines[0].startswith(refusal)


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("bid_sprad", "mine.yml:34: bid_sprad: 1: is not a setting; did you mean bid_spread?"),
        ("Leverage", "mine.yml:34: Leverage: 1: is not a setting; did you mean leverage?"),
        ("zzz", "mine.yml:34: zzz: 1: is not a setting; remove it"),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_named(tmp_path: Path, key: str, refusal: str) -> None:
    assert refusals(written(tmp_path, f"{OTHER_HOSTS_FILE}{key}: 1\n")) == [refusal]


def test_an_unknown_key_without_a_value_is_refused_too(tmp_path: Path) -> None:
    path = written(tmp_path, f"{OTHER_HOSTS_FILE}zzz_target:\n")
    assert refusals(path) == ["mine.yml:34: zzz_target: (missing): is not a setting; remove it"]


def test_keys_of_an_earlier_version_that_are_off_pass_with_one_line(tmp_path: Path) -> None:
    text = "ping_pong_enabled:\nts_callback_rate: 0.0\nhanging_orders_cancel_pct: 10.0\nadd_transaction_costs: False\n"
    path, told = written(tmp_path, OTHER_HOSTS_FILE + text + "position_management: Profit_taking\n"), list[str]()
    loaded = load_settings(path, PerpetualMarketMakingSettings, tell=told.append)
    assert loaded.bid_spread == Decimal("0.001")
    (line,) = told
    assert line.endswith(
        "mine.yml: of an earlier version, off, and not used: position_management, ts_callback_rate, ping_pong_enabled, "
        "hanging_orders_cancel_pct, add_transaction_costs"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("position_management", "Trailing_stop"),
        ("ping_pong_enabled", "true"),
        ("hanging_orders_cancel_pct", "5"),
        ("close_position_order_type", "MARKET"),
        ("ts_activation_spread", "1"),
    ],
)
def test_a_key_of_an_earlier_version_that_is_on_is_refused_by_name(tmp_path: Path, key: str, value: str) -> None:
    path = written(tmp_path, f"{OTHER_HOSTS_FILE}{key}: {value}\n")
    assert refusals(path) == [f"mine.yml:34: {key}: {value}: is served no more; remove it, or switch it off"]


@pytest.mark.parametrize(
    ("value", "words", "is_it"),
    [
        (None, set(), True),
        ("FALSE", set(), True),
        ("0.000", set(), True),
        ("-0", set(), True),
        ("Limit", {"limit"}, True),
        ("10.0", {"10"}, True),
        ("10", set(), False),
        ("true", set(), False),
        ("nan", set(), False),
        ([], set(), False),
    ],
)
def test_what_is_off_is_empty_false_zero_or_its_own_word(value: object, words: set[str], *, is_it: bool) -> None:
    assert is_off(value, words) is is_it


def test_a_key_that_is_missing_from_the_file_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, OTHER_HOSTS_FILE.replace("bid_spread: 0.1\n", ""))
    assert refusals(path) == [
        "mine.yml: bid_spread: (missing): has to be set; distance of the first buy below the reference price"
    ]


def test_a_wrong_override_is_reported_apart_from_a_wrong_line_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, OTHER_HOSTS_FILE)
    assert refusals(path, bid_spread="-1") == ["command line: bid_spread: -1: must be a number > 0 and < 100 (%)"]
    assert refusals(path, domain="mainnet") == [
        "command line: domain: mainnet: no such domain; use one of "
        "binance_perpetual, binance_perpetual_testnet, binance_perpetual_local"
    ]


def test_all_that_is_wrong_is_reported_at_once_a_line_each(tmp_path: Path) -> None:
    text = "market: BTC-USDT\nleverage: 0\nbid_spread: x\nask_spred: 1\norder_amount: 1\ndomain: main\n"
    path = written(tmp_path, text)
    lines = refusals(path)
    assert [line.split(": ")[0] for line in lines] == [
        "mine.yml:4", "mine.yml:6", "mine.yml:2", "mine.yml:3", "mine.yml", "mine.yml",
    ]  # fmt: skip
    with pytest.raises(SettingsFault) as caught:
        load(path)
    assert [fault.key for fault in caught.value.faults] == [
        "ask_spred", "domain", "leverage", "bid_spread", "ask_spread", "order_refresh_time",
    ]  # fmt: skip
    assert (caught.value.key, caught.value.remedy) == ("ask_spred", "did you mean ask_spread?")


def test_no_refusal_speaks_the_language_of_the_checker(tmp_path: Path) -> None:
    keys = [row.key for row in schema_rows(PerpetualMarketMakingSettings)]
    path = written(tmp_path, "".join(f"{key}: [x, y]\n" for key in keys))
    refusal = "\n".join(refusals(path))
    assert len(refusal.splitlines()) >= len(keys) - 1
    for jargon in ("pydantic", "Input should", "validation error", "type=", "Decimal", "ctx"):
        assert jargon not in refusal


@pytest.mark.parametrize("name", sorted(DOMAINS))
def test_every_domain_is_accepted_in_both_keys(tmp_path: Path, name: str) -> None:
    path = changed(tmp_path, "derivative", name)
    assert load(path, domain=name).domain == name
