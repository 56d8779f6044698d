from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import BookState, StreamKind
from connector.core.funding_info import FundingChange
from connector.market.symbol_feed import MOST_BUFFERED, MOST_TRADES, SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import PLAIN, D, NewDecoder, Rows, followed, packed, wrapped

BIDS, ASKS = [("99", "1"), ("98", "2")], [("101", "1"), ("102", "2")]


class DrivenFeed:
    """A feed of one symbol and short words for what reaches it."""

    def __init__(self, new_decoder: NewDecoder) -> None:
        self.feed, self.one = followed(new_decoder)
        self.changes: list[tuple[StreamKind, BookState]] = []
        self.one.add_listener(self.note)

    def note(self, one: SymbolFeed) -> None:
        self.changes.append((one.last_change, one.book.state))

    def event(self, first_id: int, last_id: int, previous_id: int, bids: Rows = (), asks: Rows = ()) -> None:
        self.feed.on_frame(wrapped(scenes.depth(first_id, last_id, previous_id, bids=bids, asks=asks)), 1_000)

    def snapshot(self, last_id: int, bids: Rows = BIDS, asks: Rows = ASKS) -> bool:
        return self.one.on_snapshot(scenes.snapshot(last_id, bids, asks), 1_000)

    def counts(self) -> tuple[int, int, int, int]:
        return self.one.applied, self.one.skipped, self.one.buffered, self.one.resyncs


@pytest.fixture
def driven(new_decoder: NewDecoder) -> DrivenFeed:
    return DrivenFeed(new_decoder)


@pytest.fixture
def valid(driven: DrivenFeed) -> DrivenFeed:
    driven.event(95, 105, 90)
    assert driven.snapshot(100)
    driven.changes.clear()
    return driven


def test_a_new_feed_waits_for_a_snapshot(driven: DrivenFeed) -> None:
    assert driven.one.needs_snapshot
    assert driven.one.book.state is BookState.AWAITING_SNAPSHOT
    assert set(driven.one.last_ms.values()) == {0}


def test_what_was_buffered_is_applied_to_the_snapshot_and_what_is_older_skipped(driven: DrivenFeed) -> None:
    driven.event(80, 90, 70, bids=[("99", "77")])
    driven.event(91, 105, 90, bids=[("99", "5")])
    driven.event(106, 110, 105, asks=[("101", "0")])
    assert (driven.counts(), driven.changes) == ((0, 0, 3, 0), [])
    assert driven.snapshot(100)
    assert driven.counts() == (2, 1, 0, 0)
    assert driven.changes == [(StreamKind.DEPTH, BookState.VALID)]
    assert (driven.one.book.best_bid, driven.one.book.best_ask) == ((D(99), D(5)), (D(102), D(2)))
    assert not driven.one.needs_snapshot


def test_a_snapshot_ahead_of_the_buffer_waits_for_the_event_that_holds_it(driven: DrivenFeed) -> None:
    driven.event(80, 90, 70)
    assert driven.snapshot(100)
    driven.event(91, 105, 90, bids=[("99", "5")])
    assert driven.counts() == (1, 1, 0, 0)


def test_a_snapshot_older_than_the_buffer_is_refused_and_the_buffer_kept(driven: DrivenFeed) -> None:
    driven.event(120, 130, 110, bids=[("99", "5")])
    assert not driven.snapshot(100)
    assert driven.one.needs_snapshot
    assert "older than the buffer" in driven.one.last_error
    assert driven.counts() == (0, 0, 1, 0)
    assert driven.snapshot(125)
    assert driven.counts() == (1, 0, 0, 0)


def test_an_event_that_follows_the_snapshot_at_once_saves_a_fetch(driven: DrivenFeed) -> None:
    driven.event(120, 130, 110)
    assert driven.snapshot(110)


@pytest.mark.parametrize("body", [b"", b'{"code":-1003,"msg":"Too many requests"}', scenes.snapshot(100)[:-1]])
def test_an_unreadable_snapshot_changes_nothing(driven: DrivenFeed, body: bytes) -> None:
    driven.event(95, 105, 90)
    assert not driven.one.on_snapshot(body, 1_000)
    assert "unreadable" in driven.one.last_error
    assert driven.counts() == (0, 0, 1, 0)
    assert driven.snapshot(100)


def test_a_snapshot_that_is_crossed_is_not_taken(driven: DrivenFeed) -> None:
    assert not driven.snapshot(100, bids=[("5", "1")], asks=[("5", "1")])
    assert driven.one.needs_snapshot
    assert "not below" in driven.one.last_error


def test_a_valid_book_needs_no_second_snapshot(valid: DrivenFeed) -> None:
    assert valid.snapshot(50, bids=[("1", "1")])
    assert valid.one.book.best_bid == (D(99), D(1))


def test_a_gap_invalidates_the_book_keeps_it_and_its_event(valid: DrivenFeed) -> None:
    valid.event(120, 130, 110, bids=[("99", "5")])
    assert valid.changes == [(StreamKind.DEPTH, BookState.INVALID)]
    assert valid.one.book.best_bid == (D(99), D(1))
    assert "pu 110 does not follow 105" in valid.one.last_error
    assert (valid.counts(), valid.one.gaps) == ((1, 0, 1, 1), 1)
    valid.event(131, 140, 130, bids=[("99", "6")])
    assert valid.snapshot(125)
    assert valid.counts() == (3, 0, 0, 1)
    assert valid.one.book.best_bid == (D(99), D(6))


def test_a_crossed_book_is_a_gap_and_its_event_is_applied_again_to_the_next_snapshot(valid: DrivenFeed) -> None:
    valid.event(106, 110, 105, bids=[("101", "1")])
    assert valid.one.book.state is BookState.INVALID
    assert valid.counts() == (1, 0, 1, 1)
    assert valid.snapshot(108, bids=[("99", "1")], asks=[("102", "1")])
    assert valid.one.book.best_bid == (D(101), D(1))


def test_a_buffer_that_crosses_its_snapshot_asks_for_another(driven: DrivenFeed) -> None:
    driven.event(95, 105, 90)
    driven.event(106, 110, 105, bids=[("101", "1")])
    assert not driven.snapshot(100)
    assert driven.one.book.state is BookState.INVALID
    assert driven.counts() == (1, 0, 1, 1)


def test_a_hole_in_the_buffer_drops_what_lies_before_it(driven: DrivenFeed) -> None:
    driven.event(95, 105, 90)
    driven.event(120, 130, 110)
    assert (driven.counts(), driven.one.gaps) == ((0, 1, 1, 0), 1)
    assert not driven.snapshot(100)
    assert driven.snapshot(125)


def test_a_duplicate_in_the_buffer_is_skipped(driven: DrivenFeed) -> None:
    driven.event(95, 105, 90)
    driven.event(95, 105, 90)
    assert driven.counts() == (0, 1, 1, 0)


def test_a_duplicate_changes_nothing_and_nobody_is_called(valid: DrivenFeed) -> None:
    valid.event(95, 105, 90, bids=[("99", "5")])
    assert (valid.counts(), valid.changes) == ((1, 1, 0, 0), [])


def test_the_buffer_is_bounded_and_forgets_the_oldest(driven: DrivenFeed) -> None:
    for number in range(MOST_BUFFERED + 10):
        driven.event(10 * number + 1, 10 * number + 10, 10 * number)
    assert driven.counts() == (0, 10, MOST_BUFFERED, 0)
    assert not driven.snapshot(95)
    assert driven.snapshot(10 * MOST_BUFFERED)


def test_a_lost_socket_flags_the_book_and_starts_the_buffer_anew(valid: DrivenFeed) -> None:
    valid.feed.on_frame(packed(scenes.ticker(900, "99.5", "1", "100.5", "1")), 1_000)
    valid.changes.clear()
    valid.one.invalidate("socket lost")
    assert valid.changes == [(StreamKind.DEPTH, BookState.INVALID)]
    assert valid.one.last_error == "socket lost"
    assert valid.one.book.touch_bid == valid.one.book.best_bid == (D(99), D(1))
    valid.event(106, 110, 105)
    assert valid.counts() == (1, 0, 1, 0)
    valid.one.invalidate("socket lost")
    assert valid.counts() == (1, 1, 0, 0)


def test_a_socket_lost_before_the_first_snapshot_leaves_the_book_awaited(driven: DrivenFeed) -> None:
    driven.event(1, 2, 0)
    driven.one.invalidate("socket lost")
    assert driven.one.book.state is BookState.AWAITING_SNAPSHOT
    assert driven.one.buffered == 0


def test_the_watcher_sees_each_event_applied_also_those_from_the_buffer(driven: DrivenFeed) -> None:
    seen: list[int] = []
    driven.one.depth_watcher = lambda one: seen.append(one.book.last_diff_uid)
    driven.event(80, 90, 70)
    driven.event(91, 105, 90)
    driven.event(106, 110, 105)
    driven.snapshot(100)
    driven.event(111, 120, 110)
    assert seen == [105, 110, 120]


def test_the_funding_watcher_receives_what_is_new_and_nothing_else(driven: DrivenFeed) -> None:
    changes: list[FundingChange] = []
    driven.one.funding_watcher = lambda one, change: changes.append(change)
    for mark, rate in (("1", "0.1"), ("2", "0.1"), ("2", "0.2")):
        driven.feed.on_frame(packed(scenes.mark_price(mark, "1", rate)), 1_000)
    assert changes == [FundingChange.RATE | FundingChange.NEXT_TIME, FundingChange.RATE]


def test_trades_are_kept_up_to_a_bound_and_the_last_one_is_the_books(valid: DrivenFeed) -> None:
    for number in range(MOST_TRADES + 5):
        valid.feed.on_frame(packed(scenes.aggregate_trade("100.5", "1", a=number)), 1_000)
    assert len(valid.one.trades) == MOST_TRADES
    assert valid.one.trades[-1].trade_id == MOST_TRADES + 4
    assert valid.one.book.last_trade_price == 100.5
    assert valid.one.last_change is StreamKind.TRADE


def test_a_listener_that_was_removed_is_not_called(valid: DrivenFeed) -> None:
    valid.one.remove_listener(valid.note)
    valid.event(106, 110, 105)
    assert valid.changes == []


AMOUNTS, TAILS = st.sampled_from(["0", "1", "2.5", "0.125"]), st.sampled_from(["", ".0", ".00", ".25"])
LEVELS = st.lists(st.tuples(st.integers(1, 12), AMOUNTS, TAILS), max_size=6)


class Venue:
    """The truth: a plain dictionary a side after each event, and the frames that tell it."""

    def __init__(self, changes: list[tuple[Any, Any]]) -> None:
        self.frames: list[bytes] = []
        self.books: dict[int, tuple[dict[str, str], dict[str, str]]] = {0: ({}, {})}
        previous = 0
        for bids, asks in changes:
            last = previous + 7
            # Bids lie below 50, asks above: such a book is never crossed.
            rows = (
                [(f"{price}{tail}", amount) for price, amount, tail in bids],
                [(f"{price + 50}{tail}", amount) for price, amount, tail in asks],
            )
            sides = tuple(dict(side) for side in self.books[previous])
            for side, changed in zip(sides, rows, strict=True):
                side.update({str(D(price).normalize()): amount for price, amount in changed})
            self.books[last] = (sides[0], sides[1])
            self.frames.append(packed(scenes.depth(previous + 3, last, previous, bids=rows[0], asks=rows[1])))
            previous = last

    def snapshot(self, last_id: int) -> bytes:
        bids, asks = self.books[last_id]
        return scenes.snapshot(last_id, bids.items(), asks.items())

    def agrees(self, one: SymbolFeed) -> bool:
        for side, is_bid in zip(self.books[one.book.last_diff_uid], (True, False), strict=True):
            want = sorted(((D(price), D(amount)) for price, amount in side.items() if D(amount)), reverse=is_bid)
            if one.book.levels(is_bid, 1_000) != want:
                return False
        return True


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_valid_book_is_the_venues_whatever_is_lost_doubled_or_reordered(data: st.DataObject) -> None:
    """Both twins and a plain model, driven with one input."""
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    venue = Venue(data.draw(st.lists(st.tuples(LEVELS, LEVELS), min_size=1, max_size=12)))
    desks = DrivenFeed(PLAIN), DrivenFeed(compiled)
    ids = sorted(venue.books)
    steps = st.tuples(st.just("frame"), st.integers(0, len(venue.frames) - 1)) | st.tuples(
        st.sampled_from(["snapshot", "run"]), st.sampled_from(ids)
    )
    for step, number in data.draw(st.lists(steps, max_size=25)):
        frames = {"frame": [number], "run": range(number // 7, min(number // 7 + 4, len(venue.frames)))}.get(step, [])
        for driven in desks:
            for index in frames:
                driven.feed.on_frame(venue.frames[index], 1_000)
            if step == "snapshot":
                assert driven.one.on_snapshot(venue.snapshot(number), 1_000) is not driven.one.needs_snapshot
            assert driven.one.applied + driven.one.skipped + driven.one.buffered == driven.one.frames
            assert driven.one.needs_snapshot or venue.agrees(driven.one)
        assert desks[0].counts() == desks[1].counts()
        assert desks[0].changes == desks[1].changes
        assert desks[0].one.book.state_hash() == desks[1].one.book.state_hash()


def test_a_trade_that_a_second_socket_carries_again_is_counted_once(valid: DrivenFeed) -> None:
    for number in (7, 8, 7, 8, 9):
        valid.feed.on_frame(packed(scenes.aggregate_trade("100.5", "1", a=number)), 1_000)
    assert [trade.trade_id for trade in valid.one.trades] == [7, 8, 9]


def test_a_mark_price_that_a_second_socket_carries_late_is_over(valid: DrivenFeed) -> None:
    changes: list[FundingChange] = []
    valid.one.funding_watcher = lambda one, change: changes.append(change)
    valid.feed.on_frame(packed(scenes.mark_price("100", "100", "0.0002", E=2_000)), 1_000)
    valid.feed.on_frame(packed(scenes.mark_price("99", "99", "0.0001", E=1_000)), 1_001)
    assert valid.one.funding.mark_price == 100
    assert len(changes) == 1


class HostileFeed(DrivenFeed):
    """The same, with the time of each frame in hand."""

    def __init__(self, new_decoder: NewDecoder) -> None:
        super().__init__(new_decoder)
        self.now_ms = 10_000
        self.last_id = 100
        self.event(95, 100, 90)
        assert self.snapshot(100)

    def take(self, payload: dict[str, Any]) -> None:
        self.feed.on_frame(wrapped(payload), self.now_ms)

    def step(self, previous_id: int | None = None) -> None:
        """The venue's next depth event, 100 ms later."""
        self.now_ms += 100
        before, self.last_id = self.last_id, self.last_id + 10
        self.take(scenes.depth(before + 1, self.last_id, previous_id or before, bids=[("99", str(self.last_id))]))

    def steps(self, milliseconds: int) -> None:
        for _ in range(milliseconds // 100):
            self.step()


@pytest.fixture
def hostile(new_decoder: NewDecoder) -> HostileFeed:
    return HostileFeed(new_decoder)


@pytest.mark.parametrize("lie", [2**63 - 1, 10**12])
def test_a_ticker_that_depth_never_reaches_is_overdue(hostile: HostileFeed, lie: int) -> None:
    hostile.take(scenes.ticker(lie, "55", "1", "56", "1"))
    assert hostile.one.book.touch_bid == (D(55), D(1))
    hostile.steps(1_900)
    assert not hostile.one.is_ticker_overdue(hostile.now_ms)
    hostile.steps(200)
    assert hostile.one.is_ticker_overdue(hostile.now_ms)
    hostile.one.invalidate("not believed")
    assert not hostile.one.is_ticker_overdue(hostile.now_ms)
    assert hostile.one.book.touch_bid == (D(99), D(hostile.last_id))


def test_a_ticker_that_depth_covers_or_agrees_with_is_never_overdue(hostile: HostileFeed) -> None:
    hostile.take(scenes.ticker(105, "55", "1", "56", "1"))
    hostile.steps(3_000)
    assert not hostile.one.is_ticker_overdue(hostile.now_ms)
    (bid, bid_amount), (ask, ask_amount) = hostile.one.book.best_bid, hostile.one.book.best_ask
    hostile.take(scenes.ticker(10**12, str(bid), str(bid_amount), str(ask), str(ask_amount)))
    assert not hostile.one.is_ticker_overdue(hostile.now_ms + 60_000)


def test_a_depth_event_far_ahead_freezes_the_book_for_no_longer_than_its_patience(hostile: HostileFeed) -> None:
    lie = 2**63 - 1
    hostile.take(scenes.depth(hostile.last_id + 1, lie, hostile.last_id, bids=[("98", "7")]))
    hostile.steps(2_000)
    assert not hostile.one.needs_snapshot
    hostile.steps(300)
    assert hostile.one.needs_snapshot and hostile.one.resyncs == 1
    assert "none follows" in hostile.one.last_error
    assert hostile.snapshot(hostile.last_id)
    hostile.step()
    assert hostile.one.book.best_bid == (D(99), D(hostile.last_id))


def test_a_snapshot_far_ahead_freezes_the_book_for_no_longer_than_its_patience(hostile: HostileFeed) -> None:
    hostile.one.invalidate("a new connection")
    assert hostile.snapshot(2**62)
    hostile.steps(2_500)
    assert hostile.one.needs_snapshot
    assert hostile.snapshot(hostile.last_id)
    hostile.step()
    assert hostile.one.book.best_bid == (D(99), D(hostile.last_id))


def test_an_event_far_ahead_in_the_buffer_is_given_up(hostile: HostileFeed) -> None:
    hostile.one.invalidate("a new connection")
    hostile.take(scenes.depth(hostile.last_id + 1, 2**62, 2**61))
    hostile.steps(2_500)
    assert hostile.snapshot(hostile.last_id)
    hostile.step()
    assert hostile.one.book.best_bid == (D(99), D(hostile.last_id))


def test_trades_go_on_after_an_id_far_ahead(hostile: HostileFeed) -> None:
    hostile.take(scenes.aggregate_trade("5", "1", a=2**62))
    for number in range(30):
        hostile.now_ms += 100
        hostile.take(scenes.aggregate_trade("100", "1", a=number))
    assert hostile.one.trades[-1].price == 100
    assert hostile.one.book.last_trade_price == 100.0


@pytest.mark.parametrize("ahead_ms", [3_600_000, 10**12])
def test_a_mark_price_dated_ahead_stands_for_no_longer_than_its_patience(hostile: HostileFeed, ahead_ms: int) -> None:
    told_ms = 1_723_161_256_000
    hostile.take(scenes.mark_price("5", "5", "0.0001", E=told_ms + ahead_ms))
    for second in range(1, 5):
        hostile.now_ms += 1_000
        hostile.take(scenes.mark_price("100", "100", "0.0001", E=told_ms + second * 1_000))
    assert hostile.one.funding.mark_price == 100
    assert hostile.one.funding.time_ms == told_ms + 4_000


def test_frames_that_a_second_socket_carries_late_change_nothing(hostile: HostileFeed) -> None:
    """It lags by five seconds: each of its frames is old, and what stands moves on."""
    for number in range(100):
        hostile.step()
        hostile.take(scenes.depth(1, 5, 0, bids=[("1", "1")]))
        hostile.take(scenes.aggregate_trade("100", "1", a=1_000 + number))
        hostile.take(scenes.aggregate_trade("7", "1", a=950 + number // 2))
    assert (hostile.one.resyncs, hostile.one.book.last_trade_price) == (0, 100.0)


@pytest.mark.parametrize(
    "lie",
    [{"p": "0"}, {"p": "-1"}, {"p": "9" * 30}, {"E": -1}, {"E": 10**13}, {"T": 10**16}, {"i": "-5"}, {"r": "1e5"}],
)
def test_a_mark_price_that_can_be_none_is_malformed(driven: DrivenFeed, lie: dict[str, object]) -> None:
    driven.feed.on_frame(wrapped(scenes.mark_price("100", "100", "0.0001") | lie), 1_000)
    assert (driven.feed.malformed, driven.one.funding.mark_price) == (1, None)


@pytest.mark.parametrize("lie", [{"p": "0.00"}, {"p": "-1"}, {"q": "1e5"}, {"T": 10**13}, {"a": 1.5}, {"a": 2**63}])
def test_a_trade_that_can_be_none_is_malformed(driven: DrivenFeed, lie: dict[str, object]) -> None:
    driven.feed.on_frame(wrapped(scenes.aggregate_trade("100", "1")), 1_000)
    driven.feed.on_frame(wrapped(scenes.aggregate_trade("100", "1", a=16599293) | lie), 1_000)
    assert (driven.feed.malformed, len(driven.one.trades)) == (1, 1)


def told_touches(driven: DrivenFeed) -> list[tuple[float, float, BookState]]:
    """What a watcher of the touch is told from now on."""
    told: list[tuple[float, float, BookState]] = []

    def tell(one: SymbolFeed) -> None:
        bid, _, ask, _ = one.book.top
        told.append((bid, ask, one.book.state))

    driven.one.touch_watcher = tell
    return told


def test_a_watcher_of_the_touch_is_told_when_a_price_of_it_moves_and_of_nothing_else(valid: DrivenFeed) -> None:
    told = told_touches(valid)
    valid.event(106, 107, 105, bids=[("99", "7"), ("97", "1")], asks=[("105", "3")])
    valid.feed.on_frame(packed(scenes.ticker(108, "99", "6", "101", "2")), 1_000)
    valid.feed.on_frame(packed(scenes.aggregate_trade("99", "1")), 1_000)
    assert told == [], "amounts, levels behind the touch and trades"
    valid.event(108, 109, 107, bids=[("100", "1")])
    valid.event(110, 111, 109, asks=[("101", "0")])
    valid.feed.on_frame(packed(scenes.ticker(112, "100", "1", "100.5", "2")), 1_000)
    assert told == [(100, 101, BookState.VALID), (100, 102, BookState.VALID), (100, 100.5, BookState.VALID)]


def test_a_watcher_of_the_touch_is_told_once_that_a_side_emptied(valid: DrivenFeed) -> None:
    told = told_touches(valid)
    valid.event(106, 107, 105, asks=[("101", "0"), ("102", "0")])
    valid.event(108, 109, 107, bids=[("99", "5")])
    ((bid, ask, _),) = told
    assert (bid, ask != ask) == (99, True)


def test_a_watcher_of_the_touch_is_told_when_the_book_is_believed_no_more_and_when_it_is_again(
    valid: DrivenFeed,
) -> None:
    told = told_touches(valid)
    valid.one.invalidate("the socket is gone")
    valid.event(106, 107, 105)
    assert valid.snapshot(106)
    assert [state for *_, state in told] == [BookState.INVALID, BookState.VALID]
    valid.one.touch_watcher = None
    valid.event(108, 109, 107, bids=[("100", "1")])
    assert len(told) == 2, "nobody watches"
