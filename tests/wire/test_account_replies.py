"""Answers about the account."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.faults import UnreadableFault
from connector.core.reports import CollateralRate
from connector.wire import account_replies as replies

D = Decimal


def body(value: object) -> bytes:
    return json.dumps(value).encode()


POSITION = {
    "symbol": "BTCUSDT", "positionSide": "SHORT", "positionAmt": "-0.010", "entryPrice": "60000.0",
    "unRealizedProfit": "1.5", "liquidationPrice": "0", "isolatedWallet": "0",
}  # fmt: skip


def test_a_position_is_isolated_when_it_has_a_wallet_of_its_own() -> None:
    crossed, isolated = replies.positions(body([POSITION, POSITION | {"isolatedWallet": "12.5"}]))
    assert (crossed.margin_type, isolated.margin_type) == (MarginType.CROSSED, MarginType.ISOLATED)
    assert (crossed.position_side, crossed.amount) == (PositionSide.SHORT, D("-0.01"))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("cross", MarginType.CROSSED),
        ("CROSSED", MarginType.CROSSED),
        ("isolated", MarginType.ISOLATED),
        ("ISOLATED", MarginType.ISOLATED),
    ],
)
def test_the_margin_type_is_read_in_either_spelling(word: str, kind: MarginType) -> None:
    assert replies.margin_type_of(word) is kind


def test_the_position_mode_is_the_dual_side_flag() -> None:
    row = {"dualSidePosition": True, "multiAssetsMargin": False, "canTrade": True, "canWithdraw": True}
    config = replies.account_config(body(row))
    assert config.position_mode is PositionMode.HEDGE
    assert config.can_withdraw
    assert not config.is_multi_assets


def test_brackets_come_lowest_first_with_adjusted_caps() -> None:
    def bracket(number: int, leverage: int, floor: int, cap: int) -> dict[str, object]:
        return {"bracket": number, "initialLeverage": leverage, "notionalFloor": floor, "notionalCap": cap,
                "maintMarginRatio": 0.004, "cum": 0.0}  # fmt: skip

    row = {"symbol": "BTCUSDT", "notionalCoef": "1.5",
           "brackets": [bracket(2, 100, 300_000, 800_000), bracket(1, 125, 0, 300_000)]}  # fmt: skip
    brackets = replies.leverage_brackets(body([row]), "BTCUSDT")
    assert [(row.initial_leverage, row.notional_cap) for row in brackets] == [(125, 450_000), (100, 1_200_000)]
    assert brackets == replies.leverage_brackets(body(row), "BTCUSDT")


@pytest.mark.parametrize(
    "answer", [{"symbol": "ETHUSDT"}, {"brackets": []}, {"brackets": None}, {"notionalCoef": "NaN"}]
)
def test_brackets_of_another_symbol_or_none_are_unreadable(answer: dict[str, object]) -> None:
    bracket = {"initialLeverage": 125, "notionalFloor": 0, "notionalCap": 300_000, "maintMarginRatio": 0.004, "cum": 0}
    row = {"symbol": "BTCUSDT", "brackets": [bracket]}
    assert replies.leverage_brackets(body([row]), "BTCUSDT")
    with pytest.raises(UnreadableFault):
        replies.leverage_brackets(body([row | answer]), "BTCUSDT")


def test_income_comes_oldest_first() -> None:
    row = {"symbol": "BTCUSDT", "incomeType": "FUNDING_FEE", "income": "-0.01234567", "asset": "USDT",
           "info": "", "time": 5, "tranId": 9689322392, "tradeId": ""}  # fmt: skip
    lines = replies.income(body([row, row | {"time": 4, "tranId": 1, "incomeType": "TRANSFER", "symbol": ""}]))
    assert [(line.kind, line.income_id) for line in lines] == [("TRANSFER", "1"), ("FUNDING_FEE", "9689322392")]
    assert lines[1].amount == D("-0.01234567")


def test_balances_keep_the_venues_digits() -> None:
    row = {"asset": "USDT", "balance": "9999.98765432", "crossWalletBalance": "9999.98765432", "availableBalance": "1"}
    assert replies.balances(body([row]))[0].wallet == D("9999.98765432")


def test_leverage_and_configuration_say_the_same_thing() -> None:
    set_answer = replies.leverage(body({"symbol": "BTCUSDT", "leverage": 10, "maxNotionalValue": "40000000"}))
    config = {"symbol": "BTCUSDT", "marginType": "CROSSED", "isAutoAddMargin": False, "leverage": 10,
              "maxNotionalValue": "40000000"}  # fmt: skip
    told = replies.symbol_config(body([config]))
    assert told.margin_type is MarginType.CROSSED
    assert replace(told, margin_type=None) == set_answer, "the answer to setting a leverage tells no margin type"
    assert replies.symbol_config(body([{**config, "marginType": "isolated"}])).margin_type is MarginType.ISOLATED


def test_an_asset_counts_for_less_where_it_is_held_than_where_it_is_owed() -> None:
    rows = [
        {"symbol": "ADAUSD", "time": 1, "index": "0.5", "bidBuffer": "0.1", "askBuffer": "0.05", "bidRate": "0.45",
         "askRate": "0.525"},
        {"symbol": "USDTUSD", "time": 1, "index": "1", "bidRate": "0.9999", "askRate": "1.0001"},
    ]  # fmt: skip
    assert replies.collateral(body(rows)).rates == (
        CollateralRate("ADA", D("0.45"), D("0.525")),
        CollateralRate("USDT", D("0.9999"), D("1.0001")),
    )


def test_a_position_tells_its_place_in_the_queue_of_deleveraging() -> None:
    assert replies.positions(body([POSITION | {"adl": 3}]))[0].adl_rank == 3
    assert replies.positions(body([POSITION]))[0].adl_rank is None


def test_small_answers() -> None:
    rates = {"symbol": "BTCUSDT", "makerCommissionRate": "0.0002", "takerCommissionRate": "0.0005"}
    rate = replies.commission_rate(body(rates), "BTCUSDT")
    assert (rate.maker, rate.taker) == (D("0.0002"), D("0.0005"))
    key = replies.listen_key(body({"listenKey": "abcdef"}))
    assert key.reveal() == "abcdef"
    assert "abcdef" not in repr(key)


def test_an_empty_list_where_a_symbol_was_asked_for_is_unreadable() -> None:
    with pytest.raises(UnreadableFault):
        replies.symbol_config(b"[]")
    with pytest.raises(UnreadableFault):
        replies.leverage_brackets(b"[]", "BTCUSDT")


def test_an_answer_of_another_shape_is_unreadable() -> None:
    with pytest.raises(UnreadableFault, match="positions"):
        replies.positions(body({"code": -1, "msg": "x"}))


def test_a_retail_orders_rate_is_the_makers_where_none_is_told() -> None:
    rates = {"symbol": "BTCUSDT", "makerCommissionRate": "0.0002", "takerCommissionRate": "0.0005"}
    assert replies.commission_rate(body(rates), "BTCUSDT").rpi == D("0.0002")
    assert replies.commission_rate(body(rates | {"rpiCommissionRate": "-0.0001"}), "BTCUSDT").rpi == D("-0.0001")
