import pytest

from connector.core.enums import BookState, StreamKind
from connector.market.facts import MarkPrice
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, SYMBOL, D, NewDecoder, followed, packed, wrapped

BIDS, ASKS = [("99", "1")], [("101", "1")]


def state(one: SymbolFeed) -> tuple[object, ...]:
    counts = (one.frames, one.applied, one.skipped, one.buffered, one.resyncs, one.gaps)
    return (*counts, one.book.state, one.book.state_hash(), repr(one.book.top), len(one.trades), one.funding.mark_price)


def test_each_kind_of_frame_reaches_its_place(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    frames = [
        scenes.depth(95, 105, 90),
        scenes.ticker(110, "99.5", "1", "100.5", "1"),
        scenes.aggregate_trade("100", "1"),
        scenes.mark_price("100.1", "100.2", "0.0001"),
    ]
    assert [feed.on_frame(wrapped(frame), 10 + number) for number, frame in enumerate(frames)] == [one] * 4
    assert one.last_ms == {
        StreamKind.DEPTH: 10,
        StreamKind.BOOK_TICKER: 11,
        StreamKind.TRADE: 12,
        StreamKind.MARK_PRICE: 13,
    }
    assert one.book.get_price(True) == 100.5
    assert one.trades[-1].price == D(100)
    info = one.funding.info(PAIR)
    assert info is not None
    assert (info.rate, info.mark_price) == (D("0.0001"), D("100.1"))
    assert (one.frames, one.last_change) == (4, StreamKind.MARK_PRICE)


def test_the_listener_is_called_at_once_for_each_change(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    seen: list[tuple[StreamKind, float]] = []
    one.add_listener(lambda changed: seen.append((changed.last_change, changed.book.get_price(False))))
    feed.on_frame(packed(scenes.depth(95, 105, 90)), 1)
    one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
    feed.on_frame(packed(scenes.ticker(110, "99.5", "1", "100.5", "1")), 1)
    feed.on_frame(packed(scenes.ticker(104, "1", "1", "2", "1")), 1)
    assert seen == [(StreamKind.DEPTH, 99.0), (StreamKind.BOOK_TICKER, 99.5)]


def test_a_listener_that_fails_is_logged_and_costs_nobody_a_frame(
    new_decoder: NewDecoder, caplog: pytest.LogCaptureFixture
) -> None:
    feed, one = followed(new_decoder)
    seen: list[int] = []

    def fails(changed: SymbolFeed) -> None:
        raise RuntimeError("a strategy's mistake")

    one.add_listener(fails)
    one.add_listener(lambda changed: seen.append(changed.book.last_diff_uid))
    assert one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
    assert feed.on_frame(wrapped(scenes.depth(95, 105, 90)), 1) is one
    assert feed.on_frame(wrapped(scenes.depth(120, 125, 119)), 1) is one
    one.invalidate("socket lost")
    assert seen == [100, 105, 105, 105]
    assert caplog.text.count("BTCUSDT: a listener of the feed failed") == 4
    assert "a strategy's mistake" in caplog.text


def test_the_loss_of_a_book_is_reported_before_the_listeners_are_called(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    calls: list[str] = []
    one.lost_watcher = lambda lost: calls.append(f"lost: {lost.book.state}, {lost.last_error}")
    one.add_listener(lambda changed: calls.append(f"changed: {changed.book.state}"))
    one.invalidate("socket lost")
    assert calls == ["changed: awaiting_snapshot"], "what was never had is not lost"
    crossing = wrapped(scenes.depth(106, 108, 105, bids=[("102", "1")]))
    losses = (
        (lambda: feed.on_frame(wrapped(scenes.depth(120, 125, 119)), 1), "gap: pu 119 does not follow 105"),
        (lambda: feed.on_frame(crossing, 1), "the best bid is not below the best ask"),
        (lambda: one.invalidate("socket lost"), "socket lost"),
    )
    for lose, reason in losses:
        one.invalidate("anew")
        assert one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
        assert feed.on_frame(wrapped(scenes.depth(95, 105, 90)), 1) is one
        calls.clear()
        lose()
        assert [line.partition(",")[0] for line in calls] == ["lost: invalid", "changed: invalid"]
        assert reason in calls[0]


def test_frames_of_another_product_family_are_dropped_and_counted(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    before = state(one)
    for frame in (scenes.depth(1, 2, 0), scenes.aggregate_trade("1", "1"), scenes.mark_price("1", "1", "1")):
        assert feed.on_frame(packed({**frame, "st": 2}), 1) is None
    assert (feed.foreign, feed.ignored, state(one)) == (3, 0, before)
    assert feed.on_frame(packed(scenes.aggregate_trade("1", "1", st=1)), 1) is one
    assert feed.on_frame(packed(scenes.aggregate_trade("1", "1")), 1) is one


def test_replay_takes_every_family(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder, only_family=None)
    assert feed.on_frame(packed(scenes.aggregate_trade("1", "1", st=2)), 1) is one
    assert feed.foreign == 0


def test_rows_of_all_symbols_are_sorted_out(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    other = feed.add("ETHUSDT", "ETH-USDT")
    rows = [
        scenes.mark_price("1", "1", "0.1", st=1),
        scenes.mark_price("2", "2", "0.2", st=2, s="BTCUSD_PERP"),
        scenes.mark_price("3", "3", "0.3", st=1, s="ETHUSDT"),
        scenes.mark_price("4", "4", "0.4", st=1, s="XRPUSDT"),
    ]
    assert feed.on_frame(wrapped(rows, "!markPrice@arr"), 7) is other
    assert (one.funding.mark_price, other.funding.mark_price) == (D(1), D(3))
    assert (feed.foreign, feed.ignored, one.last_ms[StreamKind.MARK_PRICE]) == (1, 0, 7)
    assert feed.on_frame(wrapped(rows[3:]), 8) is None
    assert feed.ignored == 1


def test_other_kinds_and_other_symbols_are_counted_as_ignored(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    assert feed.on_frame(wrapped(scenes.kline()), 1) is None
    assert feed.on_frame(packed(scenes.aggregate_trade("1", "1", s="ETHUSDT")), 1) is None
    assert feed.on_frame(b'{"result":null,"id":1}', 1) is None
    assert (feed.ignored, one.frames) == (3, 1)
    assert set(one.last_ms.values()) == {0}


def test_a_malformed_frame_leaves_every_state_as_it_was(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
    before = state(one)
    broken = [
        packed(scenes.depth(95, 105, 90, bids=[("99", "5"), ("98", "x")])),
        packed(scenes.depth(95, 105, 90, bids=[("99", "5")]))[:-1],
        packed({**scenes.ticker(200, "99.5", "1", "100.5", "1"), "A": "x"}),
        packed(scenes.aggregate_trade("x", "1")),
        packed(scenes.mark_price("1", "x", "1")),
        b"\xff\xfe",
    ]
    assert [feed.on_frame(frame, 3) for frame in broken] == [None] * len(broken)
    assert (feed.malformed, state(one)) == (len(broken), before)
    assert "malformed frame at 3" in feed.last_error
    assert set(one.last_ms.values()) == {0}
    feed.on_frame(packed(scenes.depth(95, 105, 90, bids=[("99", "5")])), 4)
    assert (one.book.state, one.book.best_bid) == (BookState.VALID, (D(99), D(5)))


def test_a_number_that_does_not_fit_beside_the_others_costs_the_book_and_nothing_else(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
    feed.on_frame(packed(scenes.depth(95, 105, 90, bids=[("99.00000000000000", "1"), ("99999", "1")])), 1)
    assert one.book.state is BookState.INVALID
    assert "18 digits" in one.last_error


def test_a_symbol_is_added_once_and_followed_no_more_when_removed(new_decoder: NewDecoder) -> None:
    feed, one = followed(new_decoder)
    assert feed.add(SYMBOL, PAIR) is one
    assert dict(feed.symbols) == {SYMBOL: one}
    feed.remove(SYMBOL)
    feed.remove(SYMBOL)
    assert dict(feed.symbols) == {}
    assert feed.on_frame(packed(scenes.depth(1, 2, 0)), 1) is None
    assert feed.ignored == 1


def test_what_was_left_to_the_plain_decoder_is_counted(both: tuple[NewDecoder, NewDecoder]) -> None:
    _, compiled = both
    feed, one = followed(compiled)
    odd = packed(scenes.depth(95, 105, 90, bids=[("99", "5")])).replace(b"BTC", b"\\u0042TC")
    assert feed.on_frame(odd, 1) is one
    assert feed.fallback == 1
    assert one.on_snapshot(scenes.snapshot(100, BIDS, ASKS), 1)
    assert one.book.best_bid == (D(99), D(5))


@pytest.mark.parametrize("rate", ["", "0.0001"])
def test_without_a_decoder_of_ones_own_the_chosen_twin_is_used(rate: str) -> None:
    feed = MarketFeed()
    one = feed.add(SYMBOL, PAIR)
    feed.on_frame(packed(scenes.mark_price("1", "2", rate)), 1)
    row = MarkPrice(SYMBOL, 0, 1723161256000, D(1), D(2), D(rate) if rate else None, 1723190400000)
    assert (one.funding.mark_price, one.funding.rate) == (row.mark_price, row.rate)
