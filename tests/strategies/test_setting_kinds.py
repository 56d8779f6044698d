import pytest
from pydantic_core import PydanticCustomError

from connector.core.enums import PositionMode, PriceType
from connector.strategies.setting_kinds import (
    OverrideOrder,
    PriceSource,
    override_orders,
    pair_named,
    pair_or_none,
    position_mode_named,
    price_limit,
    price_source_named,
    price_type_named,
    web_address,
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
        ("custom", PriceType.Custom),
    ],
)
def test_every_price_type_has_its_price(word: str, price: PriceType) -> None:
    assert price_type_named(word) is price


def test_a_wrong_word_for_a_price_is_refused_by_the_list() -> None:
    with pytest.raises(PydanticCustomError, match="one of mid_price, last_price"):
        price_type_named("middle")


@pytest.mark.parametrize("word", list(PriceSource))
def test_every_price_source_has_its_name(word: PriceSource) -> None:
    assert price_source_named(word.value) is word


def test_another_price_source_is_refused_by_the_list() -> None:
    with pytest.raises(PydanticCustomError, match="one of current_market, external_market, custom_api"):
        price_source_named("oracle")


def test_a_pair_of_another_market_may_be_left_out() -> None:
    assert pair_or_none(None) is None
    assert pair_or_none("eth-usdt") == "ETH-USDT"


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000/price?pair=BTC", "https://example.org", None])
def test_an_address_is_of_http_or_https(text: str | None) -> None:
    assert web_address(text) == text


@pytest.mark.parametrize(
    "text", ["ftp://example.org", "example.org/price", "https://", "http://a:99999/", "http://a b"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="address"):
        web_address(text)


def test_an_address_holds_no_password() -> None:
    with pytest.raises(PydanticCustomError, match="would stand in the log"):
        web_address("https://me:word@example.org/price")


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
