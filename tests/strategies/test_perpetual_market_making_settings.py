import pytest
from pydantic import ValidationError

from connector.core.enums import PositionMode, PriceType
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.setting_kinds import PriceSource
from tests.companions.strategies.scene import WRITTEN, D, settings

#: Key, the least and the greatest values that hold, and values just outside.
BOUNDS = [
    ("leverage", ["1", "125"], ["0", "-1", "1.5"]),
    ("bid_spread", ["0.000001", "99.999"], ["0", "100", "-1"]),
    ("ask_spread", ["0.000001", "99.999"], ["0", "100", "-1"]),
    ("minimum_spread", ["-100", "1"], ["-100.1", "100.1"]),
    ("order_amount", ["0.00000001", "1000000"], ["0", "-0.1"]),
    ("order_levels", ["1", "50"], ["0", "-1", "2.5"]),
    ("order_level_spread", ["0.0001", "99"], ["0", "-1", "100"]),
    ("order_level_amount", ["-5", "0", "5"], ["many"]),
    ("order_refresh_time", ["0.001", "86400"], ["0", "-1"]),
    ("order_refresh_tolerance_pct", ["-10", "10"], ["-10.1", "10.1"]),
    ("filled_order_delay", ["0.001", "60"], ["0", "-1"]),
    ("long_profit_taking_spread", ["0", "100"], ["-0.1", "100.1"]),
    ("short_profit_taking_spread", ["0", "100"], ["-0.1", "100.1"]),
    ("stop_loss_spread", ["0", "101"], ["-0.1", "101.1"]),
    ("time_between_stop_loss_orders", ["0.001", "60"], ["0", "-1"]),
    ("stop_loss_slippage_buffer", ["0", "99.9"], ["-0.1", "100"]),
    ("price_ceiling", ["-1", "60000"], ["0", "-2"]),
    ("price_floor", ["-1", "60000"], ["0", "-2"]),
    ("ask_order_optimization_depth", ["0", "5"], ["-0.1"]),
    ("bid_order_optimization_depth", ["0", "5"], ["-0.1"]),
    ("quote_with_position_limit", ["0"], ["-0.1"]),
    ("custom_api_update_interval", ["0.5", "5"], ["0.4", "0"]),
    ("price_source_max_age", ["0.1", "60"], ["0", "-1"]),
    ("price_source", ["current_market"], ["oracle"]),
    ("funding_pause_time", ["0", "900"], ["-1"]),
    ("replace_on_touch", ["off", "modify", "cancel_and_new", "true", "on", "false"], ["always"]),
    ("redundant_streams", ["true", "false"], ["2"]),
]

INSIDE = [(key, value) for key, inside, _ in BOUNDS for value in inside]
OUTSIDE = [(key, value) for key, _, outside in BOUNDS for value in outside]


@pytest.mark.parametrize(("key", "value"), INSIDE)
def test_a_value_within_its_bounds_is_accepted(key: str, value: str) -> None:
    assert getattr(settings(**{key: value}), key) is not None


@pytest.mark.parametrize(("key", "value"), OUTSIDE)
def test_a_value_out_of_bounds_is_refused_and_names_its_key(key: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**{key: value})
    assert [error["loc"] for error in caught.value.errors()] == [(key,)]


@pytest.mark.parametrize("value", ["nan", "inf", "", "1,5", "yes", "1 %"])
@pytest.mark.parametrize("key", ["bid_spread", "order_amount", "order_refresh_time"])
def test_what_is_no_number_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError):
        settings(**{key: value})


@pytest.mark.parametrize("key", sorted(WRITTEN))
def test_a_key_without_a_default_has_to_be_written(key: str) -> None:
    written = {name: value for name, value in WRITTEN.items() if name != key}
    with pytest.raises(ValidationError) as caught:
        PerpetualMarketMakingSettings.model_validate(written)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [((key,), "missing")]


def test_percent_in_the_file_is_a_fraction_in_the_code_exactly() -> None:
    loaded = settings(bid_spread="0.1", order_refresh_tolerance_pct="0.3", stop_loss_spread="2.5")
    assert loaded.bid_spread == D("0.001")
    assert loaded.order_refresh_tolerance_pct == D("0.003")
    assert loaded.stop_loss_spread == D("0.025")


def test_a_number_that_yaml_already_read_is_taken_by_its_text() -> None:
    assert settings(bid_spread=0.1, order_amount=0.3).bid_spread == D("0.001")
    assert settings(order_amount=0.3).order_amount == D("0.3")


def test_defaults_are_those_that_users_know() -> None:
    loaded = settings()
    assert loaded.position_mode is PositionMode.ONEWAY
    assert loaded.minimum_spread == -1
    assert loaded.order_refresh_tolerance_pct == 0
    assert loaded.order_levels == 1
    assert loaded.order_level_spread == D("0.01")
    assert loaded.order_level_amount == 0
    assert loaded.filled_order_delay == 60
    assert (loaded.long_profit_taking_spread, loaded.short_profit_taking_spread) == (0, 0)
    assert loaded.stop_loss_spread == 0
    assert loaded.time_between_stop_loss_orders == 60
    assert loaded.stop_loss_slippage_buffer == D("0.005")
    assert (loaded.price_ceiling, loaded.price_floor) == (-1, -1)
    assert loaded.order_optimization_enabled is False
    assert loaded.price_type is PriceType.MidPrice
    assert loaded.order_override == ()


def test_our_own_keys_keep_the_known_behaviour_by_default() -> None:
    assert settings().quote_with_position is False
    assert settings().funding_pause_time == 0
    assert settings().domain == "binance_perpetual_local"


@pytest.mark.parametrize("word", ["true", "True", "yes", "Yes", "on", True])
def test_truth_is_read_in_every_spelling(word: object) -> None:
    assert settings(order_optimization_enabled=word).order_optimization_enabled is True


@pytest.mark.parametrize("word", ["false", "False", "no", "No", "off", False])
def test_falsehood_is_read_in_every_spelling(word: object) -> None:
    assert settings(order_optimization_enabled=word).order_optimization_enabled is False


def test_seconds_become_whole_milliseconds_and_never_zero() -> None:
    loaded = settings(order_refresh_time="2.5", filled_order_delay="0.0001", time_between_stop_loss_orders="3")
    assert loaded.order_refresh_ms == 2500
    assert loaded.filled_order_delay_ms == 1
    assert loaded.stop_loss_renewal_ms == 3000


def test_levels_that_shrink_to_nothing_are_refused() -> None:
    assert settings(order_levels="3", order_level_amount="-0.004")
    with pytest.raises(ValidationError, match="level 3 would have the amount 0"):
        settings(order_levels="3", order_level_amount="-0.005")


def test_levels_that_reach_down_to_zero_are_refused() -> None:
    assert settings(order_levels="10", order_level_spread="10")
    with pytest.raises(ValidationError, match="buy level 11 would lie 101 %"):
        settings(order_levels="11", order_level_spread="10")


def test_levels_are_not_looked_at_when_explicit_orders_replace_them() -> None:
    assert settings(order_levels="99", order_level_spread="10", order_override={"one": ["buy", "1", "1"]})


@pytest.mark.parametrize("more", [{}, {"order_override": {"one": ["buy", "0.5", "1"]}}])
def test_a_minimum_spread_wider_than_a_spread_would_cancel_every_quote_at_once(more: dict[str, object]) -> None:
    closest = "0.5" if more else "1"
    assert settings(minimum_spread=closest, **more)
    with pytest.raises(ValidationError, match="cancelled as soon as it is placed"):
        settings(minimum_spread=f"{closest}01" if more else "1.01", **more)


def test_a_file_for_another_strategy_is_refused() -> None:
    assert settings(strategy="perpetual_market_making")
    with pytest.raises(ValidationError, match="must be perpetual_market_making"):
        settings(strategy="pure_market_making")


def test_a_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings(ping_pong_enabled="true")


def refused(**written: object) -> tuple[str, str]:
    """Key and rule of the one refusal."""
    with pytest.raises(ValidationError) as caught:
        settings(**written)
    (error,) = caught.value.errors()
    return error["ctx"]["key"], error["ctx"]["rule"]


def test_a_skew_needs_a_limit_and_a_limit_quoting_beside_a_position() -> None:
    bounded = settings(quote_with_position="true", quote_with_position_limit="0.1", inventory_skew="0.5")
    assert (bounded.quote_with_position_limit, bounded.inventory_skew) == (D("0.1"), D("0.005"))
    assert refused(quote_with_position="true", inventory_skew="0.5")[0] == "inventory_skew"
    assert refused(quote_with_position_limit="0.1")[0] == "quote_with_position_limit"


ADDRESS = {"price_source": "custom_api", "price_source_custom_api": "http://127.0.0.1:8000/price"}


def test_a_price_source_names_all_that_it_needs() -> None:
    assert settings(**ADDRESS, price_type="custom").price_source is PriceSource.CUSTOM_API
    assert settings(price_source="external_market", price_source_market="eth-usdt").price_source_market == "ETH-USDT"
    assert refused(price_source="external_market")[0] == "price_source_market"
    assert refused(price_source="custom_api")[0] == "price_source_custom_api"
    assert refused(price_type="custom") == ("price_type", "needs price_source custom_api")
    own_trades = {"price_source_market": "ETH-USDT", "price_type": "last_own_trade_price"}
    assert refused(price_source="external_market", **own_trades)[0] == "price_type"


def test_a_price_may_get_older_than_the_time_to_the_next_answer() -> None:
    assert refused(**ADDRESS, custom_api_update_interval="15") == (
        "price_source_max_age",
        "is over before the next answer, 15 s later",
    )
    assert settings(**ADDRESS, custom_api_update_interval="15", price_source_max_age="40")
