"""A contract from its row: what is listed as it stands, what is filled in, and what is left out and why."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.simulator.engine import Engine
from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT
from connector.simulator.market.instrument_rows import EVERY
from connector.simulator.payloads.instrument_payloads import exchange_info
from tests.companions.simulator.contract_rows import DELIVERY_MS, dated_row, one, read, row, with_filter, without_filter
from tests.companions.simulator.long_list import long_list


def test_a_row_of_today_is_listed_with_its_own_figures(tmp_path: Path) -> None:
    found = one(tmp_path, with_filter("MAX_NUM_ORDERS", limit=10_000))
    assert (found.symbol, found.base, found.quote) == ("ABCUSDT", "ABC", "USDT")
    assert (found.tick, found.step, found.price_precision, found.quantity_precision) == (
        Decimal("0.0001"), Decimal(1), 4, 0,
    )  # fmt: skip
    assert (found.max_quantity, found.max_orders, found.takes_rpi) == (Decimal(2_000_000), 10_000, True)


def test_a_shipped_contract_keeps_price_brackets_and_pace(tmp_path: Path) -> None:
    (btc, *_) = read(tmp_path, *long_list(9)["symbols"]).instruments
    assert (btc.start_price, btc.brackets, btc.background_every) == (BTCUSDT.start_price, BTCUSDT.brackets, 1)


def test_what_a_row_does_not_say_is_made_by_rule(tmp_path: Path) -> None:
    found = one(tmp_path, row())
    assert (found.brackets, found.background_every) == (BTCDOMUSDT.brackets, EVERY)
    assert found.start_price == Decimal("0.78"), "a hundred times minPrice"
    assert one(tmp_path, with_filter("PRICE_FILTER", minPrice="0.0001")).start_price == 2, "20,000 ticks"
    assert one(tmp_path, with_filter("PRICE_FILTER", maxPrice="0.5")).start_price == Decimal("0.2539"), "the middle"
    assert one(tmp_path, row(startPrice="1.23456")).start_price == Decimal("1.2345")


@pytest.mark.parametrize(
    ("missing", "attribute", "figure"),
    [
        ("MARKET_LOT_SIZE", "market_max_quantity", Decimal(2_000_000)),
        ("MAX_NUM_ORDERS", "max_orders", 200),
        ("MIN_NOTIONAL", "min_notional", Decimal(5)),
        ("PERCENT_PRICE", "percent_up", Decimal("1.05")),
    ],
)
def test_a_filter_that_is_missing_has_a_default(missing: str, attribute: str, figure: object, tmp_path: Path) -> None:
    assert getattr(one(tmp_path, without_filter(missing)), attribute) == figure


def test_a_limit_of_no_orders_says_no_limit(tmp_path: Path) -> None:
    assert one(tmp_path, with_filter("MAX_NUM_ORDERS", limit=0)).max_orders == 200


def test_a_precision_too_small_for_its_tick_is_mended(tmp_path: Path) -> None:
    found = one(tmp_path, row(pricePrecision=2))
    assert found.price_text(12_345) == "1.2345"


@pytest.mark.parametrize("spelt", ["PERPETUAL", "TRADIFI_PERPETUAL", "PERPETUAL_DELIVERING", "PERPETUAL D.", ""])
@pytest.mark.parametrize("status", ["TRADING", "PENDING_TRADING", "SETTLING", "DELIVERING", "TRADING_HALT"])
def test_type_and_status_are_told_as_they_are_spelt(spelt: str, status: str, tmp_path: Path) -> None:
    found = one(tmp_path, row(contractType=spelt, status=status))
    assert (found.contract_type, found.first_status) == (spelt, status)


@pytest.mark.parametrize("side", ["NONE", "BUY", "SELL", "BOTH"])
def test_a_control_side_holds_from_the_beginning(side: str, tmp_path: Path) -> None:
    found = one(tmp_path, with_filter("POSITION_RISK_CONTROL", positionControlSide=side))
    assert Engine(0, (found,)).listing("ABCUSDT").control_side == side


def test_a_rows_own_limits_hold_and_are_told(tmp_path: Path) -> None:
    wanted = with_filter("LOT_SIZE", minQty="3")
    wanted |= {"liquidationFee": "0.0200", "timeInForce": ["GTC", "IOC", "FOK", "GTX"]}
    wanted |= {
        "deliveryDate": 1_900_000_000_000,
        "settlePlan": 0,
        "maintMarginPercent": "1.2500",
        "orderTypes": ["LIMIT", "MARKET"],
    }
    engine = Engine(0, (one(tmp_path, wanted),))
    (told,) = exchange_info(engine.listings.values(), 0)["symbols"]
    assert told == json.loads(json.dumps(told)) == wanted


def test_every_row_of_a_list_is_told_as_it_came(tmp_path: Path) -> None:
    rows = long_list(60)["symbols"]
    engine = Engine(0, read(tmp_path, *rows).instruments)
    assert exchange_info(engine.listings.values(), 0)["symbols"] == rows


def test_a_fee_of_nothing_is_one(tmp_path: Path) -> None:
    assert one(tmp_path, row(liquidationFee="0")).liquidation_fee == 0


def test_margin_may_be_in_any_dollar(tmp_path: Path) -> None:
    found = one(tmp_path, row("ABCBUSD", baseAsset="ABC", quoteAsset="BUSD", marginAsset="BUSD"))
    assert found.quote == "BUSD"


def test_a_contract_with_a_date_goes_by_its_pair(tmp_path: Path) -> None:
    perpetual, dated = read(tmp_path, row(startPrice="1.5"), dated_row()).instruments
    assert (dated.contract_type, dated.pair, dated.delivery_ms) == ("CURRENT_QUARTER", "ABCUSDT", DELIVERY_MS)
    assert (dated.is_dated, perpetual.is_dated) == (True, False)
    assert (dated.follows, dated.start_price) == ("ABCUSDT", perpetual.start_price)


@pytest.mark.parametrize("spelt", ["CURRENT_QUARTER", "NEXT_QUARTER", "CURRENT_MONTH", "NEXT_QUARTER DELIVERING", ""])
def test_a_type_with_a_date_is_told_as_it_is_spelt(spelt: str, tmp_path: Path) -> None:
    found = one(tmp_path, dated_row(contractType=spelt))
    assert (found.contract_type, found.is_dated) == (spelt, True)


def test_two_contracts_may_share_base_and_quote(tmp_path: Path) -> None:
    found = read(tmp_path, row("IDOL", baseAsset="IDOL"), row("IDOLUSDT"))
    assert [(each.symbol, each.base) for each in found.instruments] == [("IDOL", "IDOL"), ("IDOLUSDT", "IDOL")]


def test_a_name_need_not_be_ascii(tmp_path: Path) -> None:
    assert one(tmp_path, row("龙虾USDT")).base == "龙虾"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (row("ABCUSDT_261225"), "contractType is 'PERPETUAL', and its name has a date"),
        (row(contractType="NEXT_QUARTER"), "pair is 'ABCUSDT', and a contract with a date needs one besides its name"),
        (row(contractType="SPOT"), "contractType is 'SPOT', neither perpetual nor with a date"),
        (row(contractType=None), "no contractType"),
        (row(contractType="PERPETUAL\ud800"), "contractType is 'PERPETUAL\\ud800', which cannot be written"),
        (row(status="FOO"), "status is 'FOO' and should be one of TRADING, PENDING_TRADING"),
        (row(marginAsset=None), "no marginAsset"),
        (row(marginAsset="EUR", quoteAsset="EUR"), "its margin is in EUR, which is no dollar and none of USDT, BTC"),
        (row(marginAsset="ABC"), "only linear contracts"),
        (row(baseAsset=""), "no baseAsset"),
        (row(status=None), "no status"),
        (row(filters=None), "no filters"),
        (without_filter("PRICE_FILTER"), "no PRICE_FILTER"),
        (without_filter("LOT_SIZE"), "no LOT_SIZE"),
        (with_filter("PRICE_FILTER", tickSize="0"), "tickSize is '0'"),
        (with_filter("PRICE_FILTER", tickSize="1e-9"), "finer than"),
        (with_filter("PRICE_FILTER", minPrice="9", maxPrice="8"), "maxPrice is 8: 100 ticks of 0.0001"),
        (with_filter("PRICE_FILTER", minPrice="9", maxPrice="9.0099"), "maxPrice is 9.0099: 100 ticks"),
        (with_filter("PRICE_FILTER", maxPrice="1e400"), "maxPrice is '1e400' and should be a number above 0 and below"),
        (with_filter("PRICE_FILTER", maxPrice=10**30), "maxPrice is 1000000000000000000000000000000"),
        (with_filter("PRICE_FILTER", maxPrice=True), "maxPrice is True"),
        (with_filter("PRICE_FILTER", minPrice="0.00785"), "minPrice is 0.00785, no multiple of tickSize 0.0001"),
        (with_filter("PERCENT_PRICE", multiplierUp="0.5"), "multiplierUp is 0.5 and should be above 1"),
        (with_filter("PERCENT_PRICE", multiplierDown="1.5"), "multiplierDown is 1.5 and should be below 1"),
        (with_filter("MIN_NOTIONAL", notional="1e30"), "notional is '1e30' and should be"),
        (with_filter("MIN_NOTIONAL", notional="1e9"), "notional is 1E+9, which no order reaches"),
        (with_filter("LOT_SIZE", maxQty="0.5"), "maxQty is 0.5, below minQty 1"),
        (with_filter("LOT_SIZE", minQty="5", maxQty="4"), "maxQty is 4, below minQty 5"),
        (with_filter("LOT_SIZE", minQty="1.5"), "minQty is 1.5, no multiple of stepSize 1"),
        (with_filter("MARKET_LOT_SIZE", maxQty="0.1"), "maxQty is 0.1, below minQty 1"),
        (with_filter("MARKET_LOT_SIZE", stepSize="10"), "stepSize is 10 in MARKET_LOT_SIZE and 1 in LOT_SIZE"),
        (with_filter("MAX_NUM_ORDERS", limit=10**30), "limit is 1000000000000000000000000000000 and should be"),
        (row(onboardDate=10**20), "onboardDate is 100000000000000000000"),
        (row(deliveryDate=-1), "deliveryDate is -1"),
        (row(maxMoveOrderLimit=1.5), "maxMoveOrderLimit is 1.5"),
        (row(marketTakeBound="1"), "marketTakeBound is 1 and should be below 1"),
        (row(triggerProtect="5"), "triggerProtect is 5 and should be below 1"),
        (row(liquidationFee="1.2"), "liquidationFee is 1.2 and should be below 1"),
        (row(liquidationFee="-0.1"), "liquidationFee is '-0.1'"),
        (row(timeInForce=["GTC", "FOO"]), "timeInForce is 'FOO' and should be one of GTC"),
        (row(timeInForce=["IOC"]), "timeInForce is ['IOC'] and lacks GTC"),
        (row(startPrice="20001"), "startPrice is 20001, not between minPrice 0.0078 and maxPrice 20000"),
        (row(settlePlan=2**70), "settlePlan is 1180591620717411303424, which cannot be told"),
        (row(orderTypes=["LIMIT", "\ud800"]), "orderTypes is ['LIMIT', '\\ud800'], which cannot be told"),
        (row(underlyingSubType=["\ud800"]), "underlyingSubType is '\\ud800', which cannot be written"),
        (row("AbcUSDT"), "symbol is 'AbcUSDT' and should be in upper case"),
        (with_filter("LOT_SIZE", stepSize=""), "stepSize is ''"),
        (with_filter("LOT_SIZE", stepSize=None), "stepSize is None"),
        (with_filter("LOT_SIZE", stepSize="NaN"), "stepSize is 'NaN'"),
        (with_filter("LOT_SIZE", maxQty="Infinity"), "maxQty is 'Infinity'"),
        (with_filter("MAX_NUM_ORDERS", limit="many"), "limit is 'many'"),
        (with_filter("POSITION_RISK_CONTROL", positionControlSide="UP"), "positionControlSide is 'UP'"),
        (row(pricePrecision=9), "pricePrecision is 9"),
        (row(startPrice="-1"), "startPrice is '-1'"),
        (row("A BUSDT"), "no stream could have such a name"),
        (row("A/BUSDT"), "no stream could have such a name"),
        ("BTCUSDT", "no object"),
        (None, "no object"),
    ],
)
def test_a_row_that_cannot_be_listed_is_left_out_with_one_line(odd: object, why: str, tmp_path: Path) -> None:
    found = read(tmp_path, odd, row("GOODUSDT"))
    assert [each.symbol for each in found.instruments] == ["GOODUSDT"]
    (line,) = found.left_out
    assert why in line and "\n" not in line
    assert (odd["symbol"] if isinstance(odd, dict) else "row 1") in line


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"permissionSets": 5}, "permissionSets is 5 and should be a list of words"),
        ({"underlyingSubType": "L1"}, "underlyingSubType is 'L1' and should be a list of words"),
        ({"symbol": "\ud800USDT"}, "symbol is '\\ud800USDT', which cannot be written"),
    ],
)
def test_what_a_row_says_in_a_strange_type_leaves_that_row_out_alone(
    tmp_path: Path, changed: dict[str, Any], why: str
) -> None:
    found = read(tmp_path, row(**changed), row("OTHERUSDT"))
    assert [each.symbol for each in found.instruments] == ["OTHERUSDT"]
    (line,) = found.left_out
    assert line.endswith(why)
