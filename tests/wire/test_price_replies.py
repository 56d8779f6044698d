"""Answers about prices, as the venue sends them."""

from decimal import Decimal

import pytest

from connector.core.faults import UnreadableFault
from connector.wire.price_replies import IndexPrice, asset_index, first_open, last_prices

BNB = b'{"symbol":"BNBUSD","time":5,"index":"600.5","bidBuffer":"0.1","askBuffer":"0.1","bidRate":"1","askRate":"2"}'


def test_an_assets_index_is_told_with_its_time() -> None:
    assert asset_index(BNB, "BNBUSD") == IndexPrice(5, Decimal("600.5"))


@pytest.mark.parametrize("body", [BNB.replace(b"BNBUSD", b"BTCUSD"), BNB.replace(b"600.5", b"0"), b"[]", b"{"])
def test_an_index_that_can_be_none_of_that_asset_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        asset_index(body, "BNBUSD")


def test_the_price_of_a_minute_is_where_its_candle_began() -> None:
    body = b'[[60000,"599.1","601","598","600","0",119999,"0",60,"0","0","0"]]'
    assert first_open(body) == IndexPrice(60_000, Decimal("599.1"))
    assert first_open(b"[]") is None


@pytest.mark.parametrize("body", [b'[[60000,"-1"]]', b"[[60000]]", b'{"a":1}'])
def test_a_candle_of_another_shape_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        first_open(body)


def test_last_prices_come_by_symbol_without_those_that_are_none() -> None:
    body = b'[{"symbol":"BTCUSDT","price":"60001.5","time":7},{"symbol":"XUSDT","price":"0"},{"symbol":"YUSDT"}]'
    assert last_prices(body) == {"BTCUSDT": Decimal("60001.5")}


@pytest.mark.parametrize("body", [b'{"symbol":"BTCUSDT","price":"1"}', b'[{"symbol":"BTCUSDT","price":"x"}]', b"7"])
def test_last_prices_of_another_shape_are_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        last_prices(body)
