from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import StreamKind, TradeType
from connector.market.facts import Ignored, Level, MalformedFrameError, MarketTrade, MarkPrice, ScaledNumber
from tests.companions.market import scenes
from tests.companions.market.scenes import PLAIN, SYMBOL, D, NewDecoder, outcome, packed, wrapped

BIDS = [("7.5040", "813"), ("7.6090", "0")]
ASKS = [("7.6150", "1563")]


def level(price: tuple[int, int], amount: tuple[int, int]) -> Level:
    return Level(ScaledNumber(*price), ScaledNumber(*amount))


@pytest.mark.parametrize("form", [packed, wrapped])
def test_a_depth_update_is_ids_and_levels(new_decoder: NewDecoder, form: Callable[[object], bytes]) -> None:
    diff = new_decoder().decode(form(scenes.depth(101, 105, 99, bids=BIDS, asks=ASKS, st=1, ps=SYMBOL)))
    assert diff.kind is StreamKind.DEPTH
    assert (diff.symbol, diff.family, diff.first_id, diff.last_id, diff.previous_id) == (SYMBOL, 1, 101, 105, 99)
    assert diff.bids == (level((75040, 4), (813, 0)), level((76090, 4), (0, 0)))
    assert diff.asks == (level((76150, 4), (1563, 0)),)


def test_a_frame_of_2021_has_no_family(new_decoder: NewDecoder) -> None:
    assert new_decoder().decode(packed(scenes.depth(1, 2, 0))).family == 0


def test_a_book_ticker_is_the_touch_at_an_id(new_decoder: NewDecoder) -> None:
    fact = new_decoder().decode(wrapped(scenes.ticker(5123107839020, "61800.20", "2.507", "61800.30", "0.010")))
    assert (fact.kind, fact.symbol, fact.update_id) == (StreamKind.BOOK_TICKER, SYMBOL, 5123107839020)
    assert fact.best_bid == (D("61800.2"), D("2.507"))
    assert fact.best_ask == (D("61800.3"), D("0.01"))


def test_the_taker_of_an_aggregate_trade_sells_where_the_buyer_is_maker(new_decoder: NewDecoder) -> None:
    decoder = new_decoder()
    bought = decoder.decode(wrapped(scenes.aggregate_trade("1.01100", "10", nq="9"))).trade
    sold = decoder.decode(wrapped(scenes.aggregate_trade("1.01100", "10", m=True))).trade
    assert bought == MarketTrade(D("1.011"), D(10), TradeType.BUY, 16599292, 1626992741421)
    assert sold.trade_type is TradeType.SELL


def test_trades_of_the_insurance_fund_are_no_market_trades(new_decoder: NewDecoder) -> None:
    trade = {"e": "trade", "E": 1, "T": 2, "s": SYMBOL, "t": 5266583935, "p": "61800.30", "q": "0.006", "m": True}
    decoder = new_decoder()
    assert decoder.decode(packed({**trade, "X": "MARKET"})).trade.trade_id == 5266583935
    assert decoder.decode(packed(trade)).trade.trade_type is TradeType.SELL
    assert decoder.decode(packed({**trade, "X": "INSURANCE_FUND"})) == Ignored(SYMBOL)


def test_records_of_price_0_are_no_trades(new_decoder: NewDecoder) -> None:
    single = {"e": "trade", "E": 1, "T": 2, "s": SYMBOL, "t": 5266583936, "p": "0", "q": "0", "X": "NA", "m": True}
    aggregate = {**scenes.aggregate_trade("0", "0"), "X": "NA"}
    for frame in (single, aggregate):
        assert new_decoder().decode(wrapped(frame)) == Ignored(SYMBOL)


def test_a_mark_price_carries_the_forecast_and_its_settlement(new_decoder: NewDecoder) -> None:
    fact = new_decoder().decode(wrapped(scenes.mark_price("61700.50", "61699.10", "-0.00001250", ap="61701", st=1)))
    row = MarkPrice(SYMBOL, 1, 1723161256000, D("61700.5"), D("61699.1"), D("-0.0000125"), 1723190400000)
    assert (fact.kind, fact.rows) == (StreamKind.MARK_PRICE, (row,))


def test_a_dated_contract_has_an_empty_funding_rate(new_decoder: NewDecoder) -> None:
    fact = new_decoder().decode(wrapped(scenes.mark_price("61700.50", "61699.10", "", T=0)))
    assert fact.rows[0].rate is None


@pytest.mark.parametrize("form", [packed, wrapped])
def test_an_array_of_mark_prices_is_read_row_by_row(new_decoder: NewDecoder, form: Callable[[object], bytes]) -> None:
    rows = [scenes.mark_price("1", "2", "0.1", s="AAA", st=1), scenes.mark_price("3", "4", "0.2", s="BBB", st=2)]
    fact = new_decoder().decode(form(rows))
    assert [(row.symbol, row.family, row.mark_price) for row in fact.rows] == [("AAA", 1, D(1)), ("BBB", 2, D(3))]


@pytest.mark.parametrize(
    ("payload", "symbol"),
    [
        (scenes.kline(), SYMBOL),
        ({"e": "forceOrder", "E": 1, "o": {"s": SYMBOL, "q": "1", "ap": "-1.5"}, "st": 1}, ""),
        ([{"e": "24hrTicker", "s": SYMBOL, "c": "1"}, {"e": "24hrTicker", "s": "X"}], ""),
        ({"e": "assetIndexUpdate", "s": "ADAUSD", "b": "0.1", "a": "0.1", "B": "1"}, "ADAUSD"),
        ({"result": None, "id": 1}, ""),
        ([], ""),
    ],
)
@pytest.mark.parametrize("form", [packed, wrapped])
def test_other_kinds_are_ignored_without_asking_the_plain_decoder(
    new_decoder: NewDecoder, form: Callable[[object], bytes], payload: object, symbol: str
) -> None:
    decoder = new_decoder()
    assert decoder.decode(form(payload)) == Ignored(symbol)
    assert decoder.fallback == 0


def test_fields_may_come_in_any_order_and_new_ones_in_the_middle(new_decoder: NewDecoder) -> None:
    plain = scenes.depth(101, 105, 99, bids=BIDS, asks=ASKS)
    turned = dict(reversed(plain.items()))
    grown: dict[str, Any] = {}
    for number, (name, value) in enumerate(plain.items()):
        grown |= {name: value, f"new{number}": [{"x": [1, -2.5, None, True]}, "text"]}
    decoder = new_decoder()
    assert outcome(decoder, packed(turned)) == outcome(decoder, packed(plain))
    assert outcome(decoder, packed(grown)) == outcome(decoder, packed(plain))
    assert outcome(decoder, packed({"data": turned, "new": {}, "stream": "x"})) == outcome(decoder, packed(plain))
    assert decoder.fallback == 0


@pytest.mark.parametrize("name", ["a", "b", "u", "e"])
def test_what_stands_beside_the_data_of_a_wrapped_frame_is_not_the_frames(new_decoder: NewDecoder, name: str) -> None:
    inner = scenes.depth(101, 105, 99, bids=BIDS, asks=ASKS)
    beside = {"stream": "x", "data": inner, name: [["1", "1"]]}
    decoder = new_decoder()
    assert outcome(decoder, packed(beside)) == outcome(decoder, packed(inner))


def test_levels_of_a_snapshot_mean_nothing_in_a_depth_update(new_decoder: NewDecoder) -> None:
    sound = scenes.depth(5, 9, 4, bids=[("60000.10", "1.5")], st=1)
    decoder = new_decoder()
    diff = decoder.decode(packed({**sound, "bids": [], "asks": [["1", "1"]]}))
    assert (diff.bids, diff.asks) == ((level((6000010, 2), (15, 1)),), ())
    assert decoder.fallback == 0


def test_a_snapshots_text_of_bids_is_not_a_book_tickers_price(new_decoder: NewDecoder) -> None:
    sound = scenes.ticker(5, "1.5", "2", "1.6", "3")
    decoder = new_decoder()
    assert decoder.decode(packed({**sound, "bids": "5", "asks": "6"})).best_bid == (D("1.5"), D(2))
    assert decoder.fallback == 0


def test_levels_beside_the_data_are_not_the_frames_even_when_the_field_stands_there_twice(
    new_decoder: NewDecoder,
) -> None:
    inner = scenes.depth(101, 105, 99, bids=[("1", "2")])
    fields = [("stream", "x"), ("data", inner), ("b", [["9", "9"]]), ("b", "x")]
    for order in (fields, [*fields[2:], *fields[:2]], [fields[2], *fields[:2], fields[3]]):
        assert new_decoder().decode(scenes.members(order)).bids == (level((1, 0), (2, 0)),)


def test_white_space_between_fields_means_nothing(new_decoder: NewDecoder) -> None:
    loose = b' { "e" : "depthUpdate" , "s":"BTCUSDT",\n "U":1, "u" :2,"pu":0,\t"b":[ [ "1.5" , "2" ] ], "a" : [ ] } \n'
    diff = new_decoder().decode(loose)
    assert diff.bids == (level((15, 1), (2, 0)),)
    assert diff.asks == ()


@pytest.mark.parametrize("symbol", ["币安人生USDT", "ÄUSDT"])
@pytest.mark.parametrize("escaped", [True, False])
def test_symbols_beyond_ascii_are_read_escaped_or_not(new_decoder: NewDecoder, symbol: str, escaped: bool) -> None:
    frame = wrapped(scenes.depth(1, 2, 0, bids=BIDS, s=symbol))
    if escaped:
        frame = frame.decode().encode("ascii", "backslashreplace").replace(b"\\xc4", b"\\u00c4")
    diff = new_decoder().decode(frame)
    assert (diff.symbol, diff.bids[0]) == (symbol, level((75040, 4), (813, 0)))


def test_what_the_compiled_decoder_leaves_to_the_plain_one_is_counted(both: tuple[NewDecoder, NewDecoder]) -> None:
    plain, compiled = (new() for new in both)
    odd = packed(scenes.depth(1, 2, 0, s="币安人生USDT"))
    assert outcome(compiled, odd) == outcome(plain, odd)
    assert (plain.fallback, compiled.fallback) == (0, 1)


def test_ids_of_sixteen_digits_and_more_are_exact(new_decoder: NewDecoder) -> None:
    big = 9_223_372_036_854_775_807
    diff = new_decoder().decode(packed(scenes.depth(1_000_001_270_850_379_001, big, 9_007_199_254_740_993)))
    assert (diff.first_id, diff.last_id, diff.previous_id) == (1_000_001_270_850_379_001, big, 9_007_199_254_740_993)


DEPTH = scenes.depth(1, 2, 0, bids=BIDS, asks=ASKS)
WITHOUT_PREVIOUS = {name: value for name, value in DEPTH.items() if name != "pu"}
MALFORMED = {
    "empty": b"",
    "no JSON": b"pong",
    "text": b'"depthUpdate"',
    "data is null": b'{"stream":"x","data":null}',
    "behind the end": packed(DEPTH) + b"}",
    "comma too many": packed(DEPTH)[:-1] + b",}",
    "event is a number": packed({**DEPTH, "e": 1}),
    "symbol is a number": packed({**DEPTH, "s": 1}),
    "symbol is missing": packed({name: value for name, value in DEPTH.items() if name != "s"}),
    "id is a text": packed({**DEPTH, "u": "2"}),
    "id is a truth value": packed({**DEPTH, "u": True}),
    "id is a fraction": packed({**DEPTH, "u": 2.5}),
    "id is too long": packed({**DEPTH, "u": 2**63}),
    "no pu, as on spot": packed(WITHOUT_PREVIOUS),
    "family is a text": packed({**DEPTH, "st": "1"}),
    "bids are a text": packed({**DEPTH, "b": "7.5"}),
    "bids are missing": packed({**DEPTH, "b": None}),
    "level is no pair": packed({**DEPTH, "b": [["7.5"]]}),
    "level is a text": packed({**DEPTH, "b": ["7.5", "1"]}),
    "price is a number": packed({**DEPTH, "b": [[7.5, "1"]]}),
    "price is empty": packed({**DEPTH, "b": [["", "1"]]}),
    "price is negative": packed({**DEPTH, "b": [["-7.5", "1"]]}),
    "price is zero": packed({**DEPTH, "b": [["0.00", "1"]]}),
    "price has an exponent": packed({**DEPTH, "b": [["1E-5", "1"]]}),
    "price has no fraction": packed({**DEPTH, "b": [["7.", "1"]]}),
    "price is too long": packed({**DEPTH, "b": [["1234567890123456789", "1"]]}),
    "price has Arabic digits": packed({**DEPTH, "b": [["٧.٥", "1"]]}),
    "price is NaN": packed({**DEPTH, "b": [["NaN", "1"]]}),
    "last level is broken": packed({**DEPTH, "b": [["7.5", "1"], ["7.4", None]]}),
    "ticker without amount": packed({**scenes.ticker(1, "1", "1", "2", "1"), "B": None}),
    "trade without a side": packed(scenes.aggregate_trade("1", "1", m="true")),
    "trade with a broken price": packed(scenes.aggregate_trade("1,0", "1")),
    "trade without an id": packed(scenes.aggregate_trade("1", "1", a=None)),
    "mark price is broken": packed(scenes.mark_price("--1", "1", "1")),
    "rate is a number": packed({**scenes.mark_price("1", "1", "1"), "r": 0.1}),
    "row of an array is broken": packed([scenes.mark_price("1", "1", "1"), scenes.mark_price("1", "", "1")]),
}  # fmt: skip


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_is_refused(new_decoder: NewDecoder, frame: bytes) -> None:
    with pytest.raises(MalformedFrameError):
        new_decoder().decode(frame)


@pytest.mark.parametrize(
    "whole",
    [
        wrapped(DEPTH),
        packed(scenes.ticker(5, "1.5", "2", "1.6", "3")),
        packed([scenes.mark_price("1", "1", "1")]),
        wrapped(scenes.kline()),
    ],
)
def test_a_frame_cut_anywhere_is_malformed(new_decoder: NewDecoder, whole: bytes) -> None:
    decoder = new_decoder()
    assert {outcome(decoder, whole[:length]) for length in range(len(whole))} == {("malformed",)}


def test_a_snapshot_is_the_book_at_an_id(new_decoder: NewDecoder) -> None:
    body = new_decoder().decode_snapshot(scenes.snapshot(600859605926, BIDS, ASKS))
    assert body.last_id == 600859605926
    assert body.bids == (level((75040, 4), (813, 0)), level((76090, 4), (0, 0)))
    assert body.asks == (level((76150, 4), (1563, 0)),)


def test_levels_of_a_depth_update_mean_nothing_in_a_snapshot(new_decoder: NewDecoder) -> None:
    fields = {"lastUpdateId": 5, "bids": [["1.5", "2"]], "asks": [["2", "3"]], "b": [], "a": [["7", "7"]]}
    body = new_decoder().decode_snapshot(packed(fields))
    assert (body.bids, body.asks) == ((level((15, 1), (2, 0)),), (level((2, 0), (3, 0)),))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"lastUpdateId":5,"bids":[],"a":[]}',
        b'{"lastUpdateId":5,"b":[],"asks":[]}',
        b"[]",
        b'{"code":-1121,"msg":"Invalid symbol."}',
        b"<html>",
        scenes.snapshot(1)[:-1],
        b'{"lastUpdateId":1}',
    ],
)
def test_a_body_that_is_no_snapshot_is_refused(new_decoder: NewDecoder, body: bytes) -> None:
    with pytest.raises(MalformedFrameError):
        new_decoder().decode_snapshot(body)


SOUND = [
    wrapped(scenes.depth(1, 2, 0, bids=BIDS, asks=ASKS, st=1)),
    packed(scenes.depth(1, 2, 0, bids=[("621368", "0.5"), ("560.1", "1")], new={"x": [1.5, False]})),
    wrapped(scenes.ticker(5, "1.5", "2", "0", "0", st=2)),
    packed(scenes.aggregate_trade("1.01100", "10", nq="1")),
    wrapped(scenes.mark_price("1", "-2.5", "0.1", ap="1")),
    wrapped([scenes.mark_price("1", "2", "0.1"), scenes.mark_price("1", "2", "")]),
    packed(scenes.kline()),
    packed({"e": "trade", "s": "X", "t": 1, "p": "1", "q": "2", "T": 3, "X": "MARKET", "m": True}),
]  # fmt: skip
PIECES = [bytes([letter]) for letter in b'"{}[],:09.-e\\ \xff'] + [b"null", b'"b":', b"1E5", b"\\u0042"]


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_both_twins_read_any_damaged_frame_alike(data: st.DataObject) -> None:
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    frame = data.draw(st.sampled_from(SOUND))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(frame)))
        end = data.draw(st.integers(start, min(len(frame), start + 3)))
        frame = frame[:start] + data.draw(st.sampled_from([b"", *PIECES]) | st.binary(max_size=2)) + frame[end:]
    assert outcome(compiled(), frame) == outcome(PLAIN(), frame)


BODIES = [
    scenes.depth(1, 2, 0, bids=BIDS, asks=ASKS, st=1),
    scenes.ticker(5, "1.5", "2", "1.6", "3"),
    scenes.aggregate_trade("1.01100", "10"),
    scenes.mark_price("1", "-2.5", "0.1"),
    {"lastUpdateId": 5, "bids": [list(row) for row in BIDS], "asks": [list(row) for row in ASKS]},
]  # fmt: skip
NAMES = [*"eEsTUubaBApqmirtX", "pu", "st", "bids", "asks", "data", "stream", "lastUpdateId", "new"]
ODD_VALUES = [
    None, True, 7, -1, "5", "x", "", "MARKET", "depthUpdate", "bookTicker", [], {}, [["9", "9"]], [["9"]], ["9", "9"],
    [[9, 9]], [["0", "1"]], {"b": [["8", "8"]]}, {"e": "depthUpdate", "b": [], "a": []}, *BODIES,
]  # fmt: skip
MORE_FIELDS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(NAMES), st.sampled_from(ODD_VALUES)), min_size=1, max_size=4
)


def grown(fields: list[tuple[str, object]], more: list[tuple[int, str, object]]) -> list[tuple[str, object]]:
    for place, name, value in more:
        fields.insert(place, (name, value))
    return fields


@settings(max_examples=1500, deadline=None)
@given(body=st.sampled_from(BODIES), inside=MORE_FIELDS, outside=MORE_FIELDS, is_wrapped=st.booleans())
def test_both_twins_read_any_frame_with_added_and_repeated_fields_alike(
    body: dict[str, object],
    inside: list[tuple[int, str, object]],
    outside: list[tuple[int, str, object]],
    is_wrapped: bool,
) -> None:
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    frame = scenes.members(grown(list(body.items()), inside))
    assert scenes.snapshot_outcome(compiled(), frame) == scenes.snapshot_outcome(PLAIN(), frame)
    if is_wrapped:
        parts = [(name, packed(value)) for name, value in grown([("stream", "x")], outside)]
        parts.insert(outside[0][0] % (len(parts) + 1), ("data", frame))
        frame = b"{" + b",".join(packed(name) + b":" + value for name, value in parts) + b"}"
    assert outcome(compiled(), frame) == outcome(PLAIN(), frame)
