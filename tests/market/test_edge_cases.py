"""What is known to bite a reader of market frames, each on both twins and through the whole feed."""

import ctypes
import importlib
import mmap
import random
from decimal import Decimal
from typing import Any

import pytest

from connector.core.enums import BookState
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, SYMBOL, D, NewDecoder, followed, packed, wrapped


class Venue:
    """A feed in step with a venue whose book is a dictionary a side; each change is a frame."""

    def __init__(self, new_decoder: NewDecoder, bids: dict[str, str], asks: dict[str, str]) -> None:
        self.feed, self.one = followed(new_decoder)
        self.sides = ({D(p): D(a) for p, a in bids.items()}, {D(p): D(a) for p, a in asks.items()})
        self.last_id = 5_123_107_832_006
        body = scenes.snapshot(self.last_id, bids.items(), asks.items())
        assert self.one.on_snapshot(body, 1)

    def change(self, bids: dict[str, str] | None = None, asks: dict[str, str] | None = None, **more: object) -> None:
        first, last = self.last_id, self.last_id + 7
        rows = [(bids or {}).items(), (asks or {}).items()]
        for side, changed in zip(self.sides, rows, strict=True):
            for price, amount in changed:
                side[D(price)] = D(amount)
        self.last_id = last
        frame = wrapped(scenes.depth(first + 1, last, first, bids=rows[0], asks=rows[1], **more))
        assert self.feed.on_frame(frame, 2) is self.one

    def is_mirrored(self) -> bool:
        """Whether the feed's book is the venue's, asked in every way."""
        book = self.one.book
        for is_bid, side in zip((True, False), self.sides, strict=True):
            want = sorted(((p, a) for p, a in side.items() if a), reverse=is_bid)
            shown = [row[:2] for row in (book.bid_entries() if is_bid else book.ask_entries())]
            if book.levels(is_bid, 10**6) != want or shown != [(float(p), float(a)) for p, a in want]:
                return False
            if (book.best_bid if is_bid else book.best_ask) != (want[0] if want else None):
                return False
        return self.one.book.state is BookState.VALID and self.feed.malformed == 0


def test_prices_off_the_rules_grid_stand_beside_those_on_it(new_decoder: NewDecoder) -> None:
    """CTKUSDT's tick was 0.001 while 131 levels of its snapshot were off it."""
    venue = Venue(new_decoder, {"1.01000": "85782", "1.00950": "7"}, {"1.01100": "6483", "1.01153": "5"})
    venue.change({"1.00957": "3", "1.00900": "1"}, {"1.01153": "0", "1.01199": "4"})
    assert venue.is_mirrored()


def test_decimals_that_nobody_saw_before_come_in_the_middle_of_a_day(new_decoder: NewDecoder) -> None:
    venue = Venue(new_decoder, {"61800.20": "2.909", "61790.00": "1.000"}, {"61800.30": "1.072"})
    venue.change({"61800.10": "1.000"})
    venue.change({"61800.25": "1.000"}, {"61800.275": "0.0005"})
    assert venue.is_mirrored()
    venue.change({"61800.25": "0.000", "61800.2": "3"}, {"61800.275": "0"})
    assert venue.is_mirrored()
    venue.change({"61800": "1"})
    assert venue.is_mirrored()


@pytest.mark.parametrize("price", ["0.00001234", "1234567.8", "123456789.12", "99999999", "100000.10", "7"])
@pytest.mark.parametrize("amount", ["12345678", "123456789012", "0.00000001", "1234.56789012", "1"])
def test_numbers_of_any_length_are_exact(new_decoder: NewDecoder, price: str, amount: str) -> None:
    venue = Venue(new_decoder, {price: amount}, {})
    step = D(price).as_tuple().exponent
    assert isinstance(step, int)
    for number in range(1, 40):
        venue.change({f"{D(price) + number * D(10) ** step:f}": f"{D(amount) * number:f}"})
    assert venue.is_mirrored()


def test_ids_of_sixteen_digits_and_more_are_followed(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    big = 900_719_925_474_099_301
    one.on_snapshot(scenes.snapshot(big, [("1", "1")]), 1)
    feed.on_frame(wrapped(scenes.depth(big - 1, big + 2, big - 2, bids=[("1", "2")])), 1)
    feed.on_frame(wrapped(scenes.depth(big + 3, big + 4, big + 2, bids=[("1", "3")])), 1)
    assert (one.applied, one.gaps, one.book.last_diff_uid) == (2, 0, big + 4)
    feed.on_frame(wrapped(scenes.depth(big + 6, big + 7, big + 5)), 1)
    assert (one.gaps, one.book.state) == (1, BookState.INVALID)


def test_prices_reach_from_560_to_621368(new_decoder: NewDecoder) -> None:
    venue = Venue(new_decoder, {"61800.20": "2.909"}, {"61800.30": "1.072"})
    venue.change({"560.00": "1.000", "1000.00": "606.675"}, {"621368.00": "0.001"})
    assert venue.is_mirrored()
    venue.change({"61800.20": "0.000"}, {"61800.30": "0.000"})
    assert (venue.one.book.best_bid, venue.one.book.best_ask) == ((D(1000), D("606.675")), (D(621368), D("0.001")))
    venue.change({"61000.00": "1.000"}, {"61000.10": "1.000"})
    venue.change({"1000.00": "0.000", "560.00": "0.000"})
    assert venue.is_mirrored()


@pytest.mark.parametrize("drift", [7, -7, 900, -900, 5_000, -5_000])
def test_the_price_walks_far_from_where_it_was(new_decoder: NewDecoder, drift: int) -> None:
    """Levels that were near end far away and come back; both sides are right at each step."""
    chance = random.Random(drift)
    middle = 1_000_000
    venue = Venue(new_decoder, {"99999.9": "1"}, {"100000.1": "1"})
    for step in range(120):
        middle += drift if step < 60 else -drift
        bids = {f"{(middle - chance.randrange(1, 9_000)) / 10:.1f}": str(chance.randrange(3)) for _ in range(12)}
        asks = {f"{(middle + chance.randrange(1, 9_000)) / 10:.1f}": str(chance.randrange(3)) for _ in range(12)}
        gone_bids = {f"{price:.1f}": "0" for price, amount in venue.sides[0].items() if amount and price * 10 >= middle}
        gone_asks = {f"{price:.1f}": "0" for price, amount in venue.sides[1].items() if amount and price * 10 <= middle}
        venue.change({**bids, **gone_bids}, {**asks, **gone_asks})
        assert step % 10 or venue.is_mirrored()
    assert venue.is_mirrored()


def test_a_book_grows_to_thousands_of_levels_and_shrinks_again(new_decoder: NewDecoder) -> None:
    chance = random.Random(5)
    venue = Venue(new_decoder, {"61800.20": "2.909"}, {"61800.30": "1.072"})
    bids = {f"{(618_002 - chance.randrange(1, 60_000)) / 10:.1f}0": "0.5" for _ in range(5_018)}
    asks = {f"{(618_003 + chance.randrange(1, 60_000)) / 10:.1f}0": "0.5" for _ in range(4_578)}
    for start in range(0, 5_018, 400):
        venue.change(dict(list(bids.items())[start : start + 400]), dict(list(asks.items())[start : start + 400]))
    assert venue.is_mirrored()
    venue.change(dict.fromkeys(list(bids)[::2], "0"), dict.fromkeys(list(asks)[1::3], "0"))
    assert venue.is_mirrored()


@pytest.mark.parametrize("symbol", ["1000000BOBUSDT", "BTCUSDT_251226", "A", "ABCDEFGHIJKLMNOPQ", "币安人生USDT"])
def test_a_symbol_is_found_whatever_its_length_and_letters(new_decoder: NewDecoder, symbol: str) -> None:
    feed, _ = followed(new_decoder)
    other = feed.add(symbol, "other")
    other.on_snapshot(scenes.snapshot(5, [("1", "1")]), 1)
    assert feed.on_frame(wrapped(scenes.depth(5, 6, 4, bids=[("2", "1")], s=symbol)), 1) is other
    assert feed.on_frame(wrapped(scenes.depth(7, 8, 6, s=symbol + "X")), 1) is None
    assert (other.applied, feed.ignored) == (1, 1)


@pytest.mark.parametrize(
    ("stream", "is_sound"),
    [
        (b"btcusdt@depth", True),
        ("币安@depth".encode(), True),
        (b'\\u0062tc\\"usdt', True),
        (b"btc\xffusdt", False),
        (b"btc\\", False),
    ],
)
def test_a_streams_name_may_be_escaped_and_beyond_ascii(new_decoder: NewDecoder, stream: bytes, is_sound: bool) -> None:
    venue = Venue(new_decoder, {"1": "1"}, {})
    inner = packed(scenes.depth(venue.last_id, venue.last_id + 1, venue.last_id - 1, bids=[("2", "1")]))
    read = venue.feed.on_frame(b'{"stream":"' + stream + b'","data":' + inner + b"}", 1)
    assert (read is venue.one, venue.feed.malformed, venue.one.applied) == (is_sound, not is_sound, is_sound)


def test_a_field_is_added_in_the_middle_or_at_the_end(new_decoder: NewDecoder) -> None:
    venue = Venue(new_decoder, {"1": "1"}, {})
    venue.change({"2": "1"}, st=1)
    venue.change({"3": "1"}, ps="BTCUSDT", st=1)
    venue.change({"4": "1"}, new=[{"x": 1}])
    assert venue.is_mirrored()
    whole = scenes.depth(venue.last_id + 1, venue.last_id + 2, venue.last_id, bids=[("5", "1")], st=1)
    for place in range(len(whole) + 1):
        fields: list[tuple[str, object]] = list(whole.items())
        fields.insert(place, ("ps" if place == 4 else "new", "BTCUSDT"))
        feed, one = followed(new_decoder)
        one.on_snapshot(scenes.snapshot(venue.last_id, [("1", "1")]), 1)
        feed.on_frame(scenes.members(fields), 1)
        assert (one.applied, one.book.best_bid) == (1, (D(5), D(1)))


def test_a_frame_that_is_cut_or_damaged_anywhere_leaves_the_book_as_it_was(new_decoder: NewDecoder) -> None:
    venue = Venue(new_decoder, {"61800.20": "2.909"}, {"61800.30": "1.072"})
    venue.change({"61800.10": "1.000"}, {"61800.40": "1.000"})
    before = venue.one.book.state_hash()
    diff = scenes.depth(venue.last_id + 1, venue.last_id + 9, venue.last_id, bids=[("61700.10", "1.000")] * 3, st=1)
    frame = wrapped(diff)
    for length in range(len(frame)):
        assert venue.feed.on_frame(frame[:length], 1) is None
    assert (venue.feed.malformed, venue.one.applied, venue.one.book.state_hash()) == (len(frame), 1, before)
    assert venue.feed.on_frame(frame, 1) is venue.one


def test_a_level_at_the_price_0_is_refused_with_its_frame(new_decoder: NewDecoder) -> None:
    venue = Venue(new_decoder, {"61800.20": "2.909"}, {})
    venue.feed.on_frame(wrapped(scenes.depth(venue.last_id, venue.last_id + 1, 0, bids=[("00000.00", "1.000")])), 1)
    assert (venue.feed.malformed, venue.one.applied) == (1, 0)


def test_whoever_fetches_snapshots_is_called_while_a_book_waits_for_one(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    asked: list[SymbolFeed] = []
    feed.snapshot_watcher = asked.append
    feed.on_frame(wrapped(scenes.depth(95, 105, 90)), 1)
    one.on_snapshot(scenes.snapshot(100, [("99", "1")], [("101", "1")]), 1)
    feed.on_frame(wrapped(scenes.depth(106, 110, 105, bids=[("99", "2")])), 1)
    assert asked == [one]
    feed.on_frame(wrapped(scenes.depth(111, 115, 110, bids=[("102", "2")])), 1)
    assert asked == [one, one]


def frames_of_every_kind(last_id: int) -> list[bytes]:
    bids, asks = [("61700.10", "1.000"), ("61800.20", "0.000")], [("61900.10", "12.345")]
    kinds: list[Any] = [
        scenes.depth(last_id + 1, last_id + 9, last_id, bids=bids, asks=asks),
        scenes.depth(last_id + 10, last_id + 19, last_id + 9, bids=bids, asks=[]),
        scenes.depth(last_id + 20, last_id + 29, last_id + 19, bids=[("1", "1")], asks=[("7000000000.123", "0.5")]),
        scenes.ticker(last_id + 90, "61800.20", "2.507", "61800.30", "2.510"),
        scenes.ticker(last_id + 91, "61800.10", "2.507", "61800.30", "2.510", st=1),
        scenes.mark_price("61700.50000000", "61699.10000000", "0.00010000"),
        scenes.mark_price("61700.50000000", "61699.10000000", "-0.00010000", ap="1", st=1),
        scenes.aggregate_trade("61700.50", "1.000"),
        scenes.aggregate_trade("61700.50", "1.000", nq="1", m=True),
    ]
    return [form(kind) for kind in kinds for form in (wrapped, packed)]


def test_nothing_is_read_past_a_frames_end_and_the_book_is_the_same() -> None:
    """Each frame ends where the memory that may be read ends."""
    if scenes.compiled_decoder() is None:
        pytest.skip("the compiled twin was not built: the plain one cannot read past an end")
    page = mmap.PAGESIZE
    memory = mmap.mmap(-1, 2 * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mprotect(ctypes.c_void_p(address + page), ctypes.c_size_t(page), 0) == 0
    decoder = importlib.import_module("connector.market.compiled.frames").FrameDecoder
    guarded, free = followed(decoder), followed(decoder)
    for _, one in (guarded, free):
        one.on_snapshot(scenes.snapshot(1_000, [("61800.20", "2.909")], [("61800.30", "1.072")]), 1)
    for frame in frames_of_every_kind(1_000):
        for cut in (frame, frame[:-1], frame[: len(frame) // 2]):
            memory[page - len(cut) : page] = cut
            place = memoryview(memory)[page - len(cut) : page]
            assert guarded[0].on_buffer(place, 5) is (free[0].on_frame(cut, 5) is not None)
            place.release()
    assert guarded[1].book.state_hash() == free[1].book.state_hash()
    assert (guarded[1].frames, guarded[1].trades) == (free[1].frames, free[1].trades)
    assert guarded[1].frames == len(frames_of_every_kind(1_000))


def test_the_second_frame_of_each_kind_is_read_in_place_and_means_the_same() -> None:
    """The first frame of a symbol tells how its numbers are written; what the quick way makes of the next is exact."""
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    states = []
    for decoder in (scenes.PLAIN, compiled):
        feed, one = followed(decoder)
        one.on_snapshot(scenes.snapshot(1_000, [("61800.20", "2.909")], [("61800.30", "1.072")]), 1)
        rows: list[Any] = []
        for number, frame in enumerate(frames_of_every_kind(1_000)):
            feed.on_frame(frame, number)
            funding = one.funding
            rows.append((one.book.state_hash(), one.book.top, one.book.touch_bid, one.book.last_trade_price))
            rows.append((funding.mark_price, funding.index_price, funding.rate, funding.next_funding_ms))
            rows.append((list(one.trades), dict(one.last_ms), one.last_change, one.frames, one.applied, one.skipped))
        states.append(repr(rows).replace("-0E-8", "0"))
        assert isinstance(one.funding.rate, Decimal)
    assert states[0] == states[1]


def test_the_pair_of_a_symbol_is_the_one_it_was_added_with(new_decoder: NewDecoder) -> None:
    _, one = followed(new_decoder)
    assert (one.symbol, one.trading_pair, one.book.trading_pair) == (SYMBOL, PAIR, PAIR)
