import pytest
from pydantic_core import PydanticCustomError

from connector.core.enums import PositionMode, PriceType
from connector.strategies.setting_kinds import (
    OverrideOrder,
    override_orders,
    pair_named,
    position_mode_named,
    price_limit,
    price_type_named,
    refused_unless_default,
    refused_unless_empty,
    served_price_source,
)
from tests.companions.strategies.scene import BUY, SELL, D


def test_a_pair_is_read_in_any_case_of_letters() -> None:
    assert pair_named("btc-usdt") == "BTC-USDT"


@pytest.mark.parametrize("text", ["BTCUSDT", "-USDT", "BTC-", "BTC-USDT-PERP", "BTC -USDT", ""])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="joined by a dash"):
        pair_named(text)


@pytest.mark.parametrize("word", ["One-way", "one-way", "ONE-WAY"])
def test_position_mode_is_read_in_any_case_of_letters(word: str) -> None:
    assert position_mode_named(word) is PositionMode.ONEWAY
    assert position_mode_named("hEdGe") is PositionMode.HEDGE


@pytest.mark.parametrize("word", ["Netting", "", 3])
def test_another_position_mode_is_refused(word: object) -> None:
    with pytest.raises(PydanticCustomError, match="One-way or Hedge"):
        position_mode_named(word)


@pytest.mark.parametrize(
    ("word", "price"),
    [
        ("mid_price", PriceType.MidPrice),
        ("last_price", PriceType.LastTrade),
        ("last_own_trade_price", PriceType.LastOwnTrade),
        ("best_bid", PriceType.BestBid),
        ("best_ask", PriceType.BestAsk),
    ],
)
def test_every_price_type_has_its_price(word: str, price: PriceType) -> None:
    assert price_type_named(word) is price


def test_the_custom_price_is_refused_by_name_and_a_wrong_word_by_the_list() -> None:
    with pytest.raises(PydanticCustomError, match="not served"):
        price_type_named("custom")
    with pytest.raises(PydanticCustomError, match="one of mid_price, last_price"):
        price_type_named("middle")


@pytest.mark.parametrize("word", ["external_market", "custom_api"])
def test_other_price_sources_are_refused_by_name(word: str) -> None:
    with pytest.raises(PydanticCustomError, match="not served"):
        served_price_source(word)


def test_the_own_market_is_the_price_source() -> None:
    assert served_price_source("current_market") == "current_market"
    with pytest.raises(PydanticCustomError, match="must be current_market"):
        served_price_source("oracle")


def test_keys_of_other_price_sources_are_accepted_as_they_are_written_when_unused() -> None:
    assert refused_unless_empty(None) is None
    assert refused_unless_default(D("5.0")) == 5


def test_keys_of_other_price_sources_are_refused_when_used() -> None:
    with pytest.raises(PydanticCustomError, match="not served"):
        refused_unless_empty("http://127.0.0.1/price")
    with pytest.raises(PydanticCustomError, match="not served"):
        refused_unless_default(D(6))


@pytest.mark.parametrize("price", ["-1", "0.1", "60000"])
def test_a_price_limit_is_a_price_or_minus_one(price: str) -> None:
    assert price_limit(D(price)) == D(price)


@pytest.mark.parametrize("price", ["0", "-2", "-0.5"])
def test_another_price_limit_is_refused(price: str) -> None:
    with pytest.raises(PydanticCustomError, match="-1 for none"):
        price_limit(D(price))


def test_override_orders_are_read_exactly() -> None:
    rows = {"first": ["buy", "0.5", "0.1"], "second": ["sell", 0.1, 2]}
    assert override_orders(rows) == (
        OverrideOrder("first", BUY, D("0.005"), D("0.1")),
        OverrideOrder("second", SELL, D("0.001"), D(2)),
    )


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (["hold", "1", "1"], "hold is neither side"),
        (["buy", "1"], "o must be"),
        ("buy", "o must be"),
        (["buy", "x", "1"], "are numbers"),
        (["buy", "0", "1"], "spread 0 must be > 0"),
        (["buy", "100", "1"], "spread 100 must be > 0 and < 100"),
        (["buy", "nan", "1"], "spread nan"),
        (["sell", "1", "0"], "amount 0 must be > 0"),
        (["sell", "1", "-3"], "amount -3 must be > 0"),
        (["sell", "1", "inf"], "amount inf"),
    ],
)
def test_an_override_order_that_is_none_is_refused_by_its_name(row: object, refusal: str) -> None:
    with pytest.raises(PydanticCustomError, match=refusal):
        override_orders({"o": row})


def test_an_override_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(PydanticCustomError, match="mapping of names"):
        override_orders(["buy", "1", "1"])
