"""exchangeInfo to rules."""

import json
from decimal import Decimal
from typing import Any

import pytest

from connector.core.enums import TradeType
from connector.core.faults import ConfigFault, UnreadableFault
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from connector.wire.instruments import instruments, list_of_one
from tests.companions.places import RECORDED_2021

RECORDED = RECORDED_2021 / "exchange_info.json"
D = Decimal


def symbol_row(**changes: Any) -> dict[str, Any]:
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "556.80", "maxPrice": "4529764", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.001", "maxQty": "120", "stepSize": "0.001"},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MIN_NOTIONAL", "notional": "50"},
        {"filterType": "PERCENT_PRICE", "multiplierUp": "1.0500", "multiplierDown": "0.9500", "multiplierDecimal": "4"},
        {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"},
    ]
    row = {
        "symbol": "BTCUSDT", "pair": "BTCUSDT", "contractType": "PERPETUAL", "status": "TRADING",
        "baseAsset": "BTC", "quoteAsset": "USDT", "marginAsset": "USDT", "pricePrecision": 2,
        "quantityPrecision": 3, "filters": filters,
    }  # fmt: skip
    return row | changes


def info(*rows: dict[str, Any]) -> bytes:
    limits = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300},
    ]
    return json.dumps({"rateLimits": limits, "symbols": rows}).encode()


def test_tick_and_step_come_from_the_filters() -> None:
    rule = instruments(info(symbol_row())).rule("BTC-USDT")
    assert (rule.tick_size, rule.step_size, rule.min_notional) == (D("0.1"), D("0.001"), D(50))
    assert (rule.max_market_amount, rule.max_orders, rule.price_band_up) == (D(120), 200, D("1.05"))


def test_base_and_quote_come_from_their_fields_even_where_the_symbol_is_not_latin() -> None:
    row = symbol_row(symbol="币安人生USDT", baseAsset="币安人生")
    listed = instruments(info(row))
    assert listed.pair_of["币安人生USDT"] == "币安人生-USDT"


def test_dated_contracts_do_not_shadow_the_perpetual() -> None:
    dated = symbol_row(symbol="BTCUSDT_260925", contractType="CURRENT_QUARTER")
    assert instruments(info(symbol_row(), dated)).rule("BTC-USDT").symbol == "BTCUSDT"


def test_a_status_that_nobody_knows_is_not_trading() -> None:
    rule = instruments(info(symbol_row(status="TRADING_HALT"))).rule("BTC-USDT")
    assert (rule.is_trading, rule.status) == (False, "TRADING_HALT")


def test_a_filter_that_is_absent_sets_no_limit() -> None:
    needed = symbol_row()["filters"][:2]
    rule = instruments(info(symbol_row(filters=needed))).rule("BTC-USDT")
    assert (rule.min_market_amount, rule.min_notional, rule.max_orders) == (0, 0, 0)


@pytest.mark.parametrize(
    ("limit_most", "market_most", "most"), [("1000", "120", 120), ("100", "120", 100), ("0", "120", 120)]
)
def test_a_market_order_keeps_to_the_lot_filters_of_both_kinds(limit_most: str, market_most: str, most: int) -> None:
    price, lot, market, *others = symbol_row()["filters"]
    filters = [price, lot | {"maxQty": limit_most}, market | {"maxQty": market_most, "stepSize": "0.01"}, *others]
    rule = instruments(info(symbol_row(filters=filters))).rule("BTC-USDT")
    assert (rule.max_market_amount, rule.market_step_size, rule.step_size) == (most, D("0.01"), D("0.001"))
    without = instruments(info(symbol_row(filters=[price, lot, *others]))).rule("BTC-USDT")
    assert (without.max_market_amount, without.market_step_size) == (1000, D("0.001"))


@pytest.mark.parametrize(
    "changes",
    [
        {"filters": []},
        {"filters": symbol_row()["filters"][1:]},
        {"filters": [symbol_row()["filters"][0] | {"tickSize": "NaN"}, symbol_row()["filters"][1]]},
        {"filters": [symbol_row()["filters"][0], symbol_row()["filters"][1] | {"stepSize": "0"}]},
        {"filters": None},
        {"contractSize": "-1"},
        {"marginAsset": ["USDT"]},
    ],
)
def test_a_pair_without_the_rules_to_trade_by_is_not_traded_and_spoils_no_other(changes: dict[str, Any]) -> None:
    sound = symbol_row(symbol="ETHUSDT", baseAsset="ETH")
    listed = instruments(info(symbol_row(**changes), sound))
    assert listed.rule("ETH-USDT").symbol == "ETHUSDT"
    with pytest.raises(UnreadableFault, match="unreadable trading rule of BTC-USDT"):
        listed.rule("BTC-USDT")


def test_a_limit_that_is_not_known_or_makes_no_sense_is_left_out_with_a_line() -> None:
    """One that would let nothing through must not end trading, and a new one must not end a start."""
    known = json.loads(info(symbol_row()))
    fortnight = {"rateLimitType": "ORDERS", "interval": "FORTNIGHT", "intervalNum": 1, "limit": 1}
    known["rateLimits"] += [fortnight, fortnight | {"interval": "MINUTE", "limit": 0}]
    listed = instruments(json.dumps(known).encode())
    assert len(listed.rate_limits) == 2
    assert len(listed.unknown_limits) == 2
    assert all("is left out" in line for line in listed.unknown_limits)


def test_limits_are_the_ones_in_force() -> None:
    limits = instruments(info(symbol_row())).rate_limits
    assert limits == (RateLimit(REQUEST_WEIGHT, 60_000, 2400), RateLimit(ORDERS, 10_000, 300))


@pytest.mark.parametrize("typed", ["BTCUSDT", "btc-usdt", "BTC-USDC"])
def test_a_pair_that_is_not_listed_is_refused_with_one_that_is(typed: str) -> None:
    with pytest.raises(ConfigFault, match=rf"market: {typed}: no such perpetual pair .* try BTC-USDT"):
        instruments(info(symbol_row())).rule(typed)


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded traffic is not beside the project")
def test_a_recorded_list_of_symbols_is_read_whole() -> None:
    listed = instruments(RECORDED.read_bytes())
    assert listed.rule("BTC-USDT").tick_size == D("0.01")
    assert all("-" in pair and rule.tick_size > 0 for pair, rule in listed.rules.items())


@pytest.mark.parametrize(
    "changes",
    [
        {"filters": None},
        {"filters": [symbol_row()["filters"][0], symbol_row()["filters"][1] | {"stepSize": ""}]},
        {"marginAsset": None},
        {"contractType": ["PERPETUAL"]},
        {"status": None},
    ],
)
def test_a_foreign_row_of_nonsense_is_left_out_and_named(changes: dict[str, Any]) -> None:
    listed = instruments(info(symbol_row(symbol="XMRUSDT", baseAsset="XMR") | changes, symbol_row()))
    assert listed.rule("BTC-USDT").is_trading
    assert list(listed.unusable) == ["XMR-USDT"]


def test_what_is_no_row_at_all_takes_no_other_along() -> None:
    told = json.loads(info(symbol_row()))
    told["symbols"] += [None, 7, "BTCUSDT", []]
    assert list(instruments(json.dumps(told).encode()).rules) == ["BTC-USDT"]


@pytest.mark.parametrize(
    ("contract_type", "status", "is_being_settled"),
    [
        ("PERPETUAL_DELIVERING", "SETTLING", True),
        ("PERPETUAL DELIVERING", "SETTLING", True),
        ("TRADIFI_PERPETUAL_DELIVERING", "TRADING", True),
        ("PERPETUAL", "SETTLING", True),
        ("PERPETUAL", "CLOSE", True),
        ("", "PENDING_TRADING", False),
        ("", "TRADING", False),
        (None, "PENDING_TRADING", False),
        ("PERPETUAL", "TRADING_HALT", False),
    ],
)
def test_a_contract_on_its_way_in_or_out_has_a_rule_and_does_not_trade(
    contract_type: str | None, status: str, is_being_settled: bool
) -> None:
    rule = instruments(info(symbol_row(contractType=contract_type, status=status))).rule("BTC-USDT")
    assert (rule.is_trading, rule.is_being_settled) == (False, is_being_settled)
    broken = rule.broken_status()
    assert broken is not None
    assert ("is being settled" in str(broken)) is is_being_settled


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("other", [{"status": "PENDING_TRADING"}, {"status": "CLOSE"}, {"contractType": ""}])
def test_of_two_symbols_of_a_pair_the_one_that_trades_is_taken(other: dict[str, Any], is_first: bool) -> None:
    rows = [symbol_row(symbol="BTCOLD") | other, symbol_row()]
    listed = instruments(info(*(rows if is_first else reversed(rows))))
    assert listed.rule("BTC-USDT").symbol == "BTCUSDT"
    assert set(listed.by_symbol) == {"BTCUSDT", "BTCOLD"}


@pytest.mark.parametrize(
    ("side", "bound"),
    [
        ("NONE", ()),
        ("BUY", (TradeType.BUY,)),
        ("SELL", (TradeType.SELL,)),
        ("BOTH", (TradeType.BUY, TradeType.SELL)),
        ("SIDEWAYS", ()),
    ],
)
def test_which_sides_may_only_reduce_is_read(side: str, bound: tuple[TradeType, ...]) -> None:
    filters = [*symbol_row()["filters"][:-1], {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": side}]
    rule = instruments(info(symbol_row(filters=filters))).rule("BTC-USDT")
    assert rule.reduce_only_sides == bound
    assert [rule.broken_control(side) is not None for side in TradeType] == [side in bound for side in TradeType]


def test_how_far_market_orders_go_and_what_protects_triggers_is_read() -> None:
    rule = instruments(info(symbol_row(marketTakeBound="0.05", triggerProtect="0.0500"))).rule("BTC-USDT")
    assert (rule.market_take_bound, rule.trigger_protect) == (D("0.05"), D("0.05"))
    silent = instruments(info(symbol_row())).rule("BTC-USDT")
    assert (silent.market_take_bound, silent.trigger_protect) == (0, 0)


def test_one_contract_of_a_list_is_listed_alone_with_the_price_that_it_trades_at() -> None:
    body = info({"symbol": None}, symbol_row(symbol="ETHUSDT", baseAsset="ETH"), symbol_row())
    alone = json.loads(list_of_one(body, "BTCUSDT", D("60000.10")))
    assert alone == {"symbols": [symbol_row() | {"startPrice": "60000.1"}]}
    with pytest.raises(UnreadableFault, match="NOPEUSDT is not among them"):
        list_of_one(body, "NOPEUSDT", D(1))
