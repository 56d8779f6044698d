"""Contracts from an exchangeInfo file: what is listed as it stands, what is filled in, and what is left out and why."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.simulator.engine import Engine
from connector.simulator.errors import BadInput
from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.instruments_file import EVERY, InstrumentList, read_instruments
from tests.companions.places import RECORDED_2021
from tests.companions.simulator.long_list import long_list, written_list


def row(symbol: str = "ABCUSDT", **changed: Any) -> dict[str, Any]:
    """A row of today's shape: a tick is 0.0001 and a lot 1 ABC. What is changed to None is not there at all."""
    found = {**next(one for one in long_list(20)["symbols"] if one["symbol"] == "LOT002USDT")}
    found |= {"symbol": symbol, "pair": symbol, "baseAsset": symbol.removesuffix("USDT")} | changed
    return {name: value for name, value in found.items() if value is not None}


def with_filter(name: str, **changed: Any) -> dict[str, Any]:
    filters = [{**one, **changed} if one["filterType"] == name else one for one in row()["filters"]]
    return row(filters=filters)


def without_filter(name: str) -> dict[str, Any]:
    return row(filters=[one for one in row()["filters"] if one["filterType"] != name])


def read(path: Path, *rows: object) -> InstrumentList:
    file = path / "list.json"
    file.write_text(json.dumps({"symbols": [*rows]}))
    return read_instruments(file)


def one(path: Path, wanted: object) -> Instrument:
    (found,) = read(path, wanted).instruments
    return found


def test_a_row_of_today_is_listed_with_its_own_figures(tmp_path: Path) -> None:
    found = one(tmp_path, with_filter("MAX_NUM_ORDERS", limit=10_000))
    assert (found.symbol, found.base, found.quote) == ("ABCUSDT", "ABC", "USDT")
    assert (found.tick, found.step, found.price_precision, found.quantity_precision) == (
        Decimal("0.0001"), Decimal(1), 4, 0,
    )  # fmt: skip
    assert (found.max_quantity, found.max_orders, found.takes_rpi) == (Decimal(2_000_000), 10_000, True)


def test_a_list_as_long_as_the_venues_is_read_whole(tmp_path: Path) -> None:
    found = read_instruments(written_list(tmp_path / "long.json", 500))
    assert (len(found.instruments), found.left_out) == (500, ())


@pytest.mark.skipif(not RECORDED_2021.exists(), reason="no recording lies beside the project")
def test_the_venues_list_of_2021_is_read_but_for_what_is_not_offered() -> None:
    found = read_instruments(RECORDED_2021 / "exchange_info.json")
    assert (len(found.instruments), len(found.left_out)) == (118, 4)
    text = "\n".join(found.left_out)
    assert all(name in text for name in ("BTCBUSD", "ETHBUSD", "BTCUSDT_210924", "ETHUSDT_210924"))


def test_a_shipped_contract_keeps_price_brackets_and_pace(tmp_path: Path) -> None:
    (btc, *_) = read(tmp_path, *long_list(9)["symbols"]).instruments
    assert (btc.start_price, btc.brackets, btc.background_every) == (BTCUSDT.start_price, BTCUSDT.brackets, 1)


def test_what_a_row_does_not_say_is_made_by_rule(tmp_path: Path) -> None:
    found = one(tmp_path, row())
    assert (found.brackets, found.background_every) == (BTCDOMUSDT.brackets, EVERY)
    assert found.start_price == Decimal("0.78"), "a hundred times minPrice"
    assert one(tmp_path, with_filter("PRICE_FILTER", minPrice="0.0001")).start_price == 2, "20,000 ticks"
    assert one(tmp_path, with_filter("PRICE_FILTER", maxPrice="0.5")).start_price == Decimal("0.5")
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
@pytest.mark.parametrize("status", ["TRADING", "PENDING_TRADING", "SETTLING", "DELIVERING", "BREAK"])
def test_type_and_status_are_told_as_they_are_spelt(spelt: str, status: str, tmp_path: Path) -> None:
    found = one(tmp_path, row(contractType=spelt, status=status))
    assert (found.contract_type, found.first_status) == (spelt, status)


@pytest.mark.parametrize("side", ["NONE", "BUY", "SELL", "BOTH"])
def test_a_control_side_holds_from_the_beginning(side: str, tmp_path: Path) -> None:
    found = one(tmp_path, with_filter("POSITION_RISK_CONTROL", positionControlSide=side))
    assert Engine(0, (found,)).listing("ABCUSDT").control_side == side


def test_two_contracts_may_share_base_and_quote(tmp_path: Path) -> None:
    found = read(tmp_path, row("IDOL", baseAsset="IDOL"), row("IDOLUSDT"))
    assert [(each.symbol, each.base) for each in found.instruments] == [("IDOL", "IDOL"), ("IDOLUSDT", "IDOL")]


def test_a_name_need_not_be_ascii(tmp_path: Path) -> None:
    assert one(tmp_path, row("龙虾USDT")).base == "龙虾"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (row("ABCUSDT_261225", contractType="CURRENT_QUARTER"), "only perpetual contracts"),
        (row("ABCUSDT_261225", contractType=""), "a dated one"),
        (row(contractType="NEXT_QUARTER"), "NEXT_QUARTER"),
        (row(contractType=None), "no contractType"),
        (row(marginAsset=None), "no marginAsset"),
        (row(marginAsset="BUSD", quoteAsset="BUSD"), "BUSD, which no wallet here holds"),
        (row(marginAsset="ABC"), "only linear contracts"),
        (row(baseAsset=""), "no baseAsset"),
        (row(status=None), "no status"),
        (row(filters=None), "no filters"),
        (without_filter("PRICE_FILTER"), "no PRICE_FILTER"),
        (without_filter("LOT_SIZE"), "no LOT_SIZE"),
        (with_filter("PRICE_FILTER", tickSize="0"), "tickSize is '0'"),
        (with_filter("PRICE_FILTER", tickSize="1e-9"), "finer than"),
        (with_filter("PRICE_FILTER", minPrice="9", maxPrice="8"), "no price lies between"),
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


def test_a_symbol_that_stands_there_twice_is_listed_once(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(startPrice="5"))
    assert len(found.instruments) == 1
    assert "listed already" in found.left_out[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("\xff", "no JSON"),
        ("[" * 200_000, "no JSON"),
        ("[]", "no list `symbols`"),
        ('{"symbols": {}}', "no list `symbols`"),
        ('{"symbols": []}', "`symbols` is empty"),
        ('{"symbols": [7]}', "row 1 is left out"),
    ],
)
def test_a_file_with_nothing_to_list_is_one_line(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=why) as flaw:
        read_instruments(file)
    assert "\n" not in str(flaw.value) and str(file) in str(flaw.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_instruments(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"permissionSets": 5}, "permissionSets is 5 and should be a list"),
        ({"underlyingSubType": "L1"}, "underlyingSubType is 'L1' and should be a list"),
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
