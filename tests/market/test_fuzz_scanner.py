"""Two hundred thousand damaged frames through both twins' feeds: what one takes the other takes alike, and what one
refuses leaves both books as they were.

Each input is a sound frame that would follow the book's last event, damaged by a few strokes; one in five stays
whole, so that the book keeps moving. Inputs are named by a seed and a number: a failure can be had again.
"""

import json
import random
import re
from collections.abc import Iterator
from math import isclose
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import SYMBOL, NewDecoder, Rows, followed, packed, wrapped
from tests.companions.places import RECORDED_2021

RECORDED = RECORDED_2021 / "frames.jsonl"
SEEDS, INPUTS = 16, 12_500
LONGEST = 420
#: So many inputs are made of one frame: a book expects the next numbers in the form of the last.
RUN = 25
#: Floats are for speed: above 2**53 digits the last bit of one is not both twins' alike.
ULP = 2.5e-16

_IDS = re.compile(rb'"U":\d+,"u":\d+,"pu":\d+')
_SYMBOL = re.compile(rb'"s":"\w+"')
_DIGIT = re.compile(rb"[0-9]")
_NUMBER = re.compile(rb"[0-9.]+")

#: Books in the forms of two symbols; their frames' numbers have the same decimals.
BIDS, ASKS = [("7.5040", "813"), ("7.6090", "3")], [("7.6150", "1563"), ("9.1000", "5")]
FINE_BIDS, FINE_ASKS = [("61800.10", "0.500"), ("560.00", "12.000")], [("61800.20", "1.250"), ("99999.90", "0.001")]
DEPTH = scenes.depth(1, 2, 0, bids=BIDS, asks=ASKS)
OWN = [
    wrapped({**DEPTH, "st": 1, "ps": SYMBOL}),
    packed(dict(reversed(DEPTH.items()))),
    packed(scenes.depth(1, 2, 0, bids=[("560.1", "1"), ("0.00001", "3")], asks=[("621368.7", "0.5")])),
    wrapped({**DEPTH, "new": {"b": [["1", "1"]]}, "b": [["7.61234567", "1.00000001"], ["7", "12345678901"]]}),
    wrapped(scenes.ticker(5, "7.61", "2", "7.62", "3", st=1), "btcusdt@bookTicker"),
    packed(scenes.ticker(5, "7.61", "2", "7.62", "3")),
    packed(scenes.aggregate_trade("1.01100", "10", nq="1")),
    wrapped({"e": "trade", "E": 1, "T": 2, "s": SYMBOL, "t": 5, "p": "7.6", "q": "0.006", "X": "MARKET", "m": True}),
    wrapped(scenes.mark_price("7.61", "7.60", "-0.0001", ap="7.6", st=1), "btcusdt@markPrice@1s"),
    wrapped([scenes.mark_price("1", "2", "0.1"), scenes.mark_price("1", "2", "", s="ETHUSDT", st=2)]),
    packed(scenes.kline()),
]  # fmt: skip
FINE = [
    wrapped({**DEPTH, "b": [("61799.90", "0.125"), ("61800.10", "0.000")], "a": [("61800.30", "12.500")], "st": 1}),
    packed({**DEPTH, "b": [("48000.00", "1.000")], "a": [("61800.20", "0.000"), ("621368.70", "0.010")]}),
    wrapped({**DEPTH, "b": [], "a": [("61805.00", "100.001")], "st": 1, "ps": SYMBOL}),
]  # fmt: skip
PIECES = [
    *(bytes([letter]) for letter in b'"{}[],:0123456789.-+eE \\\t\x00\x7f\x80\xff'),
    b"null", b"true", b"1E5", b"\\u0042", b'"b":[', b'"a":[["7.6","1"]],', b'["7.6","1"],', b'["0","1"],', b'["7.61"],',
    b"00", b"0.0", b"99999999999999999999", b"9223372036854775807", b"9223372036854775808", b"18446744073709551617",
    b"123456789012345678", b"1234567890123456789", b'"e":"bookTicker",', b'"s":"ETHUSDT",', b'"st":2,', b'"pu":0,',
    b'{"stream":"x","data":', "٣".encode(), b"1" * 64, b" " * 64, b"[" * 64, b'"x":' + b"[" * 40 + b"]" * 40 + b",",
]  # fmt: skip


def recorded_frames() -> list[bytes]:
    """Frames of 2021 in another symbol's name, the short ones; none where the recording is absent."""
    if not RECORDED.exists():
        return []
    frames = (json.loads(line)["frame"].encode() for line in RECORDED.read_bytes().splitlines())
    return [_SYMBOL.sub(b'"s":"BTCUSDT"', frame, count=1) for frame in frames if len(frame) < LONGEST][:400]


def damaged(frame: bytes, dice: random.Random) -> bytes:
    """One to three strokes: a byte turned, a span cut, doubled or moved, a piece set in, a digit or number changed."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        start = dice.randrange(len(frame) + 1)
        end = min(len(frame), start + dice.choice((0, 1, 1, 2, 5, 20)))
        stroke = dice.randrange(10)
        if stroke == 0:
            frame = frame[:start] + bytes([dice.randrange(256)]) + frame[start + 1 :]
        elif stroke == 1:
            frame = frame[:start] + frame[end:]
        elif stroke == 2:
            frame = frame[:end] + frame[start:end] + frame[end:]
        elif stroke == 3:
            place = dice.randrange(len(frame) + 1)
            frame = frame[:place] + frame[start:end] + frame[place:]
        elif stroke == 4:
            frame = frame[:start] + dice.choice(PIECES) + frame[end:]
        elif stroke == 5:
            frame = frame[:start]
        else:
            numbers = list(_NUMBER.finditer(frame))
            if numbers:
                at = dice.choice(numbers)
                new = number(at[0], dice) if stroke == 6 else touched(at[0], dice)
                frame = frame[: at.start()] + new + frame[at.end() :]
    return frame


def number(old: bytes, dice: random.Random) -> bytes:
    """A number that stands where another stood: longer, shorter, of other decimals."""
    whole = str(dice.getrandbits(dice.choice((1, 8, 20, 40, 62, 64, 66)))).encode()
    fraction = str(dice.getrandbits(dice.choice((1, 10, 30, 60)))).encode()
    return dice.choice((old + b"0", b"0" + old, whole, whole + b"." + fraction, old[:-1], b"0." + fraction, old + old))


def touched(old: bytes, dice: random.Random) -> bytes:
    """A number of the same length: one letter of it is another, or all its digits are 0."""
    if dice.randrange(6) == 0:
        return _DIGIT.sub(b"0", old)
    place = dice.randrange(len(old))
    return old[:place] + bytes([dice.choice(b"0123456789/:.-; @\x00\xb0\xff")]) + old[place + 1 :]


class Pair:
    """Both twins' feeds, with the same book of a few levels."""

    def __init__(self, both: tuple[NewDecoder, NewDecoder]) -> None:
        self.twins = [followed(new) for new in both]
        self.start()

    def start(self, bids: Rows = BIDS, asks: Rows = ASKS) -> None:
        self.book = bids, asks
        for _, one in self.twins:
            one.invalidate("starts anew")
            assert one.on_snapshot(scenes.snapshot(1000, bids, asks), 1)

    @property
    def last_id(self) -> int:
        return self.twins[0][1].book.last_diff_uid

    def following(self, frame: bytes) -> bytes:
        """The frame with ids that follow the book's last event."""
        last = self.last_id
        return _IDS.sub(b'"U":%d,"u":%d,"pu":%d' % (last + 1, last + 5, last), frame)

    def feed(self, frame: bytes) -> None:
        """Both read it: alike, and nothing is left of what is refused."""
        before = [state_of(one) for _, one in self.twins]
        refused = [feed.malformed for feed, _ in self.twins]
        read = [feed.on_frame(frame, 1) is not None for feed, _ in self.twins]
        after = [state_of(one) for _, one in self.twins]
        assert read[0] == read[1], frame
        assert counts_of(self.twins[0][0]) == counts_of(self.twins[1][0]), frame
        assert after[0] == after[1], frame
        tops = zip(*(one.book.top for _, one in self.twins), strict=True)
        assert all(repr(plain) == repr(other) or isclose(plain, other, rel_tol=ULP) for plain, other in tops), frame
        if self.twins[0][0].malformed > refused[0]:
            assert before == after, frame
        if self.twins[0][1].needs_snapshot or len(self.twins[0][1].book.levels(True, 60)) == 60:
            self.start(*self.book)


def state_of(one: SymbolFeed) -> tuple[Any, ...]:
    book, funding = one.book, one.funding
    counters = (one.frames, one.applied, one.skipped, one.resyncs, one.gaps, one.buffered)
    facts = (funding.mark_price, funding.index_price, funding.rate, funding.next_funding_ms)
    last_trade = one.trades[-1] if one.trades else None
    touch = (book.touch_bid, book.touch_ask)
    return (book.state, book.last_diff_uid, book.state_hash(), touch, counters, facts, len(one.trades), last_trade)


def counts_of(feed: MarketFeed) -> tuple[int, int, int]:
    return feed.ignored, feed.malformed, feed.foreign


def inputs(seed: int) -> Iterator[tuple[bytes, bool]]:
    """Frames before their damage, and whether the next book is the fine one; each comes `RUN` times."""
    dice = random.Random(-seed - 1)
    sound = OWN[:4] * 30 + OWN[4:] * 12 + recorded_frames()
    for _ in range(INPUTS // RUN):
        is_fine = dice.random() < 0.4
        frame = dice.choice(FINE if is_fine else sound)
        for _ in range(RUN):
            yield frame, is_fine


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_damaged_frame_is_read_otherwise_by_one_twin(both: tuple[NewDecoder, NewDecoder], seed: int) -> None:
    pair = Pair(both)
    dice = random.Random(seed)
    last = b""
    for frame, is_fine in inputs(seed):
        if frame != last:
            pair.start(*((FINE_BIDS, FINE_ASKS) if is_fine else (BIDS, ASKS)))
            last = frame
        whole = pair.following(frame)
        pair.feed(whole if dice.random() < 0.2 else damaged(whole, dice))
    feed, one = pair.twins[0]
    assert feed.malformed > INPUTS / 4, "most damage is to be refused"
    assert one.applied > INPUTS / 20, "the book is to keep moving"


TEXTS = st.text(max_size=6) | st.sampled_from(["7.6", "0", "depthUpdate", "bookTicker", "markPriceUpdate", SYMBOL])
NAMES = st.sampled_from([*"eEsTUubaBApqmirtX", "pu", "st", "data", "stream", "lastUpdateId"]) | st.text(max_size=3)
LEAVES = st.none() | st.booleans() | st.integers(-(2**66), 2**66) | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(LEAVES, lambda more: st.lists(more, max_size=4) | st.dictionaries(NAMES, more, max_size=8))


@settings(max_examples=1500, deadline=None)
@given(payload=VALUES, is_tight=st.booleans(), is_ascii=st.booleans())
def test_no_json_is_read_otherwise_by_one_twin(payload: object, is_tight: bool, is_ascii: bool) -> None:
    separators = (",", ":") if is_tight else None
    pair = Pair(twins())
    pair.feed(json.dumps(payload, separators=separators, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass"))


@settings(max_examples=1500, deadline=None)
@given(frame=st.binary(max_size=80))
def test_no_bytes_are_read_otherwise_by_one_twin(frame: bytes) -> None:
    Pair(twins()).feed(frame)


def twins() -> tuple[NewDecoder, NewDecoder]:
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    return scenes.PLAIN, compiled
