"""Books of many manners: how numbers are written is learnt from frame to frame, and the book must not notice."""

from ctypes import create_string_buffer
from gc import collect
from itertools import product
from random import Random
from typing import Any

import pytest

from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import NewDecoder, wrapped

FIRST_ID = 600859600576


class Venue:
    """Writes the depth frames of one symbol: prices wander around `middle`, by ticks and now and then far off."""

    def __init__(self, luck: Random, symbol: str) -> None:
        self.luck, self.symbol = luck, symbol
        self.stream = f"{symbol.lower()}@depth{luck.choice(('', '@100ms', '@500ms'))}"
        self.price_decimals, self.amount_decimals = luck.choice((0, 1, 2, 4, 5, 7)), luck.choice((0, 0, 1, 3, 5))
        self.tail = luck.choice(("", "0")) if self.price_decimals else ""
        self.middle = 10 ** luck.randrange(3, 8) + luck.randrange(-40, 40)
        self.longest_amount = luck.choice((3, 6, 9))
        self.last_id = FIRST_ID
        self.known: tuple[set[int], set[int]] = set(), set()

    def price(self, ticks: int) -> str:
        whole, part = divmod(ticks, 10**self.price_decimals)
        return f"{whole}.{part:0{self.price_decimals}d}{self.tail}" if self.price_decimals else str(whole)

    def amount(self) -> str:
        scale = 10**self.amount_decimals
        digits = self.luck.randrange(1, 10 ** self.luck.randrange(1, self.longest_amount + 1))
        return f"{digits // scale}.{digits % scale:0{self.amount_decimals}d}" if self.amount_decimals else str(digits)

    def side(self, is_bid: bool) -> list[tuple[str, str]]:
        """Levels away from the middle, some of them taken out."""
        luck, sign = self.luck, -1 if is_bid else 1
        known = self.known[not is_bid]
        ticks = {
            self.middle + sign * luck.choice((luck.randrange(1, 12), luck.randrange(1, 3000)))
            for _ in range(luck.randrange(9))
        }
        ticks |= {tick for tick in known if (tick - self.middle) * sign <= 0}
        gone = {tick for tick in ticks if (tick - self.middle) * sign <= 0 or luck.random() < 0.3}
        known |= ticks
        known -= gone
        zero = f"0.{'0' * self.amount_decimals}" if self.amount_decimals else "0"
        return [(self.price(tick), zero if tick in gone else self.amount()) for tick in sorted(ticks) if tick > 0]

    def frame(self) -> bytes:
        luck = self.luck
        self.middle = max(20, self.middle + luck.randrange(-6, 7))
        first, self.last_id = self.last_id + 1, self.last_id + luck.randrange(2, 900)
        fields: dict[str, Any] = {"st": 1} if luck.random() < 0.5 else {}
        event = scenes.depth(first, self.last_id, first - 1, bids=self.side(True), asks=self.side(False), **fields)
        event = {**event, "E": 1723161256299 + luck.randrange(10**9), "s": self.symbol}
        if luck.random() < 0.05:
            event = dict(reversed(event.items()))
        return wrapped(event, self.stream)

    def snapshot(self) -> bytes:
        return scenes.snapshot(FIRST_ID, self.side(True), self.side(False))


def state(feed: MarketFeed, one: SymbolFeed) -> tuple[object, ...]:
    counters = (one.frames, one.applied, one.skipped, one.gaps, one.resyncs, feed.ignored, feed.malformed)
    return (*counters, one.last_error, one.book.best_bid, one.book.best_ask, one.book.state_hash())


@pytest.mark.parametrize("seed", range(40))
def test_books_of_many_manners_are_the_same_in_both_twins(both: tuple[NewDecoder, NewDecoder], seed: int) -> None:
    luck = Random(seed)
    symbols = ["".join(luck.choices("ABCDEFGH1", k=luck.randrange(1, 18))) + "T" for _ in range(4)]
    venues = [Venue(luck, symbol) for symbol in dict.fromkeys(symbols)]
    feeds = [MarketFeed(decoder=new_decoder()) for new_decoder in both]
    for venue in venues:
        body = venue.snapshot()
        for feed in feeds:
            assert feed.add(venue.symbol, venue.symbol).on_snapshot(body, 1)
    for _ in range(200):
        venue = luck.choice(venues)
        frame = venue.frame()
        for feed in feeds:
            feed.on_frame(frame, 2)
        plain, compiled = (state(feed, feed.symbols[venue.symbol]) for feed in feeds)
        assert plain == compiled, frame
    assert all(feed.symbols[venue.symbol].applied > 5 for feed in feeds for venue in venues)


def test_more_layouts_than_are_kept_are_read_all_the_same(new_decoder: NewDecoder) -> None:
    """Streams of one symbol under many names, and symbols of all lengths."""
    feed = MarketFeed(decoder=new_decoder())
    symbols = ["ABCDEFGHIJKLMNOP"[:size] for size in range(1, 17)]
    followed = [feed.add(symbol, symbol) for symbol in symbols]
    last_id = FIRST_ID
    for one in followed:
        assert one.on_snapshot(scenes.snapshot(last_id, [("7.10", "1")], [("7.20", "1")]), 1)
    for turn in range(60):
        for one in followed:
            event = scenes.depth(last_id + 1, last_id + 5, last_id, bids=[("7.11", str(turn + 1))])
            stream = f"{one.symbol.lower()[: 1 + turn % 7]}@depth@{100 + turn % 5}ms"
            assert feed.on_frame(wrapped({**event, "s": one.symbol}, stream), 1) is one
            assert one.book.best_bid == (scenes.D("7.11"), turn + 1)
        last_id += 5
    assert [(one.applied, one.gaps) for one in followed] == [(60, 0)] * 16


@pytest.mark.parametrize("price", ["5", "5.3", "53.1", "531.2", "5312.30", "112345.60"])
@pytest.mark.parametrize("amount", ["1", "12", "12345678", "123456789"])
def test_a_short_level_that_ends_a_frame_is_read_without_what_lies_behind(
    new_decoder: NewDecoder, price: str, amount: str
) -> None:
    """The frame ends where its memory does: under AddressSanitizer a byte more is an error."""
    feed = MarketFeed(decoder=new_decoder())
    one = feed.add(scenes.SYMBOL, scenes.PAIR)
    assert one.on_snapshot(scenes.snapshot(FIRST_ID, [], [(price, "7"), ("999999.00", "1")]), 1)
    last_id = FIRST_ID
    for asks in ([(price, "3")], [(price, amount)], [(price, "0"), ("999999.00", "2")], [(price, amount)]):
        frame = wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, asks=asks))
        last_id += 9
        if hasattr(feed, "on_buffer"):
            assert feed.on_buffer(create_string_buffer(frame, len(frame)), 2)
        else:
            assert feed.on_frame(frame, 2) is one
    assert one.book.best_ask == (scenes.D(price), scenes.D(amount))
    assert one.applied == 4


@pytest.mark.parametrize("decimals", range(7, 14))
def test_amounts_of_a_much_finer_book_are_brought_to_its_units(new_decoder: NewDecoder, decimals: int) -> None:
    feed = MarketFeed(decoder=new_decoder())
    one = feed.add(scenes.SYMBOL, scenes.PAIR)
    assert one.on_snapshot(
        scenes.snapshot(FIRST_ID, [("61.10", f"{10.0**-decimals:.{decimals}f}")], [("61.20", "1")]), 1
    )
    last_id = FIRST_ID
    for turn in range(1, 5):
        frame = wrapped(
            scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.11", f"{turn}.5"), ("61.10", "0.5")])
        )
        assert feed.on_frame(frame, 2) is one
        last_id += 9
        assert one.book.best_bid == (scenes.D("61.11"), scenes.D(f"{turn}.5"))


def test_an_event_that_was_written_in_another_order_is_not_taken_again(new_decoder: NewDecoder) -> None:
    """What a redundant socket tells once more, after fields in an order that is not the stream's."""
    feed, one = scenes.followed(new_decoder)
    assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1")], [("61.20", "1")]), 1)

    def event(number: int, amount: str) -> dict[str, Any]:
        last_id = FIRST_ID + 10 * number
        return scenes.depth(last_id - 9, last_id, last_id - 10, bids=[("61.10", amount)])

    for number in (1, 2):
        assert feed.on_frame(wrapped(event(number, str(number))), 2) is one
    turned = event(3, "3")
    assert feed.on_frame(wrapped({"u": turned.pop("u"), **turned}), 2) is one
    feed.on_frame(wrapped(event(3, "9")), 2)
    assert (one.applied, one.skipped, one.gaps) == (3, 1, 0)
    assert one.book.best_bid == (scenes.D("61.10"), 3)


def test_a_price_of_nothing_is_no_level(both: tuple[NewDecoder, NewDecoder]) -> None:
    states = []
    for new_decoder in both:
        feed, one = scenes.followed(new_decoder)
        assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1")], [("61.20", "1")]), 1)
        last_id = FIRST_ID
        for bids in ([("61.10", "2")], [("61.10", "3")], [("61.10", "4"), ("00.00", "5")]):
            feed.on_frame(wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=bids)), 2)
            last_id += 9
        states.append(state(feed, one))
    assert states[0] == states[1]


def test_a_book_learns_finer_numbers_between_frames_of_the_old_form(new_decoder: NewDecoder) -> None:
    feed, one = scenes.followed(new_decoder)
    assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1.0")], [("61.20", "1.0")]), 1)
    last_id, held = FIRST_ID, {}
    rows = [
        ("61.11", "1.5"),
        ("61.12", "2.5"),
        ("61.1305", "3.5"),
        ("61.13", "4.5"),
        ("61.14", "5.25"),
        ("61.15", "6.5"),
    ]
    for price, amount in rows + [(price, amount + "0") for price, amount in rows] + rows:
        frame = wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=[(price, amount)]))
        assert feed.on_frame(frame, 2) is one
        last_id += 9
        held[scenes.D(price)] = scenes.D(amount)
        assert dict(one.book.levels(True, 20)) == held | {scenes.D("61.10"): 1}


def test_numbers_of_one_length_with_the_point_elsewhere_are_not_taken_for_each_other(new_decoder: NewDecoder) -> None:
    feed = MarketFeed(decoder=new_decoder())
    forms = product(("123.45", "1.2345", "123456", "12.340"), ("0.005", "12345", "123.5"))
    rows = {f"FORM{number}": form for number, form in enumerate(forms)}
    for symbol, (price, amount) in rows.items():
        assert feed.add(symbol, symbol).on_snapshot(scenes.snapshot(FIRST_ID, [(price, amount)], []), 1)
    last_id = FIRST_ID
    for turn in range(1, 5):
        for symbol, (price, amount) in rows.items():
            bids = [(price, amount.replace("5", str(turn)))]
            event = scenes.depth(last_id + 1, last_id + 9, last_id, bids=bids)
            one = feed.on_frame(wrapped({**event, "s": symbol}, f"{symbol.lower()}@depth"), 2)
            assert one is feed.symbols[symbol]
            assert one.book.best_bid == (scenes.D(price), scenes.D(bids[0][1]))
        last_id += 9


def test_a_book_that_is_not_valid_keeps_frames_that_would_follow_its_last(new_decoder: NewDecoder) -> None:
    feed, one = scenes.followed(new_decoder)
    assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1")], [("61.20", "1")]), 1)
    frames = [
        wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", "2")]))
        for last_id in range(FIRST_ID, FIRST_ID + 36, 9)
    ]
    for frame in frames[:3]:
        assert feed.on_frame(frame, 2) is one
    one.invalidate("socket lost")
    assert feed.on_frame(frames[3], 2) is one
    assert (one.applied, one.buffered, one.needs_snapshot) == (3, 1, True)


def in_step(new_decoder: NewDecoder) -> tuple[MarketFeed, SymbolFeed, int]:
    """A feed that has read two frames, and expects the next to be written like them."""
    feed, one = scenes.followed(new_decoder)
    assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1")], [("61.20", "1")]), 1)
    for last_id in (FIRST_ID, FIRST_ID + 9):
        frame = wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", "2")], asks=[("61.20", "3")]))
        assert feed.on_frame(frame, 2) is one
    return feed, one, FIRST_ID + 18


def test_a_frame_that_breaks_off_anywhere_is_refused_without_a_look_behind_its_end(
    both: tuple[NewDecoder, NewDecoder],
) -> None:
    """Each ends with a brace, as if it were whole, and with its memory: AddressSanitizer finds a byte more."""
    states = []
    for new_decoder in both:
        feed, one, last_id = in_step(new_decoder)
        whole = wrapped(
            scenes.depth(
                last_id + 1, last_id + 9, last_id, bids=[("61.10", "4")], asks=[("61.20", "5"), ("61.21", "6")]
            )
        )
        for end in range(100, len(whole)):
            for braces in (b"}", b"}}", b"]}}"):
                frame = whole[:end] + braces
                if hasattr(feed, "on_buffer"):
                    feed.on_buffer(create_string_buffer(frame, len(frame)), 2)
                else:
                    feed.on_frame(frame, 2)
        states.append(state(feed, one))
    assert states[0] == states[1]


@pytest.mark.parametrize("symbol", ["BTCUSDT\0", "BTCUSD", "BTCUSDT ", "btcusdt", "BTCUSDTBTCUSDTBTCUSDT"])
def test_a_name_that_is_nearly_a_symbol_is_not_taken_for_it(new_decoder: NewDecoder, symbol: str) -> None:
    feed, one, last_id = in_step(new_decoder)
    before = one.book.state_hash(), one.applied
    event = scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", "4")])
    for frame in (wrapped({**event, "s": symbol}), scenes.packed({**event, "s": symbol})):
        assert feed.on_frame(frame.replace(b"\\u0000", b"\0"), 2) is None
    assert (one.book.state_hash(), one.applied) == before


def test_a_pair_that_is_no_text_of_its_own_is_no_end_of_the_process(new_decoder: NewDecoder) -> None:
    """`ps` stands behind the symbol where the venue has it at all."""
    feed, one, last_id = in_step(new_decoder)
    event = scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", "4")])
    frame = wrapped(
        {"e": "depthUpdate", "E": event["E"], "T": event["T"], "s": scenes.SYMBOL, "ps": "BTC\u00dcSDT", **event}
    )
    assert feed.on_frame(frame, 2) is one
    assert one.book.best_bid == (scenes.D("61.10"), 4)


def test_a_snapshot_of_other_forms_between_a_crossing_event_and_the_next(both: tuple[NewDecoder, NewDecoder]) -> None:
    """The event is kept and applied again over the snapshot: its id is the last one, as it was before."""
    states = []
    for new_decoder in both:
        feed, one = scenes.followed(new_decoder)
        assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("100.05", "1.000")], [("101.00", "1.000")]), 1)
        last_id = FIRST_ID
        for price in ("100.00", "100.10", "101.00"):
            frame = scenes.depth(last_id + 1, last_id + 9, last_id, bids=[(price, "2.000")])
            assert feed.on_frame(wrapped(frame), 2) is one
            last_id += 9
        assert (one.needs_snapshot, one.buffered) == (True, 1)
        assert one.on_snapshot(scenes.snapshot(last_id - 2, [("100.00", "1.0000")], [("101.50", "1.0000")]), 3)
        after = scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("100.40", "3.000")], asks=[("101.40", "4.000")])
        assert feed.on_frame(wrapped(after), 4) is one
        assert (scenes.D("100.40"), scenes.D("3.000")) in one.book.levels(True, 9)
        assert one.book.best_ask == (scenes.D("101.40"), scenes.D("4.000"))
        states.append(state(feed, one))
    assert states[0] == states[1]


def test_a_pair_that_is_removed_may_be_spoken_of_until_nothing_points_at_it(new_decoder: NewDecoder) -> None:
    """What goes with a pair, a strategy's listener say, may feed a frame while it goes."""
    feed, one, last_id = in_step(new_decoder)
    frame = wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", "4")]))
    read: list[object] = []

    class Farewell:
        def __call__(self, changed: SymbolFeed) -> None:
            """Hears nothing."""

        def __del__(self) -> None:
            read.append(feed.on_frame(frame, 3))

    one.add_listener(Farewell())
    del one
    feed.remove(scenes.SYMBOL)
    collect()
    assert read == [None]
    assert feed.ignored == 1


def test_a_symbol_is_not_known_by_the_escapes_that_it_could_be_written_with(new_decoder: NewDecoder) -> None:
    feed = MarketFeed(decoder=new_decoder())
    feed.add("A\\u0042", "A")
    event = scenes.aggregate_trade("1.0", "1")
    assert feed.on_frame(scenes.packed({**event, "s": "SYMBOL"}).replace(b"SYMBOL", b"A\\u0042"), 1) is None
    assert feed.ignored == 1


@pytest.mark.parametrize("amount", ["999999999999999.9", "9999999999999999.9", "99999999999999999.9"])
def test_amounts_that_fit_no_number_of_the_book_lose_it(both: tuple[NewDecoder, NewDecoder], amount: str) -> None:
    states = []
    for new_decoder in both:
        feed, one = scenes.followed(new_decoder)
        assert one.on_snapshot(scenes.snapshot(FIRST_ID, [("61.10", "1.001")], [("61.20", "1.001")]), 1)
        last_id = FIRST_ID
        for row in ("4.2", "4.3", amount, "4.4"):
            feed.on_frame(wrapped(scenes.depth(last_id + 1, last_id + 9, last_id, bids=[("61.10", row)])), 2)
            last_id += 9
        states.append(state(feed, one))
    assert states[0] == states[1]
