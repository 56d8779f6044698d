"""Frames and levels that are written like those before them are read by comparison: the book must not notice."""

from random import Random

import pytest

from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, SYMBOL, D, NewDecoder, followed, wrapped

BIDS = [(f"617{index:02d}.{index % 10}0", f"{index % 4}.{index + 1:03d}") for index in range(20)]
ASKS = [(f"618{index:02d}.{index % 10}0", f"{index % 5}.{index + 1:03d}") for index in range(20)]


#: Ids of three digits, and of as many as the venue's.
BASES = (0, 5123107865000)


def in_step(new_decoder: NewDecoder, base: int = 0) -> tuple[MarketFeed, SymbolFeed]:
    """A feed that has read two long frames, and expects the next to be written like them."""
    feed, one = followed(new_decoder)
    assert one.on_snapshot(scenes.snapshot(base + 100, BIDS, ASKS), 1)
    for first_id, last_id, previous_id in ((base + 95, base + 105, base + 90), (base + 106, base + 108, base + 105)):
        assert feed.on_frame(wrapped(scenes.depth(first_id, last_id, previous_id, bids=BIDS, asks=ASKS)), 2) is one
    assert one.applied == 2
    return feed, one


@pytest.mark.parametrize("base", BASES)
def test_one_damaged_byte_of_a_repeated_frame_means_the_same_to_both_twins(
    both: tuple[NewDecoder, NewDecoder], base: int
) -> None:
    sound = wrapped(scenes.depth(base + 109, base + 111, base + 108, bids=BIDS[:12], asks=ASKS[:12]))
    luck = Random(7)
    for place in range(len(sound)):
        letter = luck.choice(b'09.,"][}:\\\x80-/ ')
        frame = sound[:place] + bytes([letter]) + sound[place + 1 :]
        states = []
        for new_decoder in both:
            feed, one = in_step(new_decoder, base)
            changed = feed.on_frame(frame, 3) is one
            states.append(
                (
                    changed,
                    one.applied,
                    one.gaps,
                    one.skipped,
                    one.book.last_diff_uid,
                    feed.ignored,
                    feed.malformed,
                    one.book.state_hash(),
                )
            )
        assert states[0] == states[1], frame


def test_levels_of_other_lengths_stand_between_those_that_are_alike(new_decoder: NewDecoder) -> None:
    feed, one = in_step(new_decoder)
    sides = {True: {D(p): D(a) for p, a in BIDS}, False: {D(p): D(a) for p, a in ASKS}}
    luck, last_id = Random(11), 108
    for _ in range(60):
        rows = {
            True: [(f"{luck.choice((617, 61, 6))}{luck.randrange(100):02d}.{luck.randrange(10)}0", "") for _ in BIDS],
            False: [(f"{luck.choice((618, 6180))}{luck.randrange(100):02d}.{luck.randrange(10)}0", "") for _ in ASKS],
        }
        for is_bid, changed in rows.items():
            rows[is_bid] = [
                (price, f"{10 ** luck.randrange(5) - 1}.{luck.randrange(1000):03d}") for price, _ in changed
            ]
            sides[is_bid] |= {D(price): D(amount) for price, amount in rows[is_bid]}
        frame = scenes.depth(last_id + 1, last_id + 3, last_id, bids=rows[True], asks=rows[False])
        assert feed.on_frame(wrapped(frame), 3) is one
        last_id += 3
    for is_bid, side in sides.items():
        held = sorted(((price, amount) for price, amount in side.items() if amount), reverse=is_bid)
        assert one.book.levels(is_bid, 10_000) == held


def test_a_pair_that_is_followed_no_more_is_not_found_by_how_its_frames_began(new_decoder: NewDecoder) -> None:
    feed, one = in_step(new_decoder)
    feed.remove(SYMBOL)
    assert feed.on_frame(wrapped(scenes.depth(109, 111, 108, bids=BIDS, asks=ASKS)), 3) is None
    assert (one.applied, feed.ignored) == (2, 1)
    again = feed.add(SYMBOL, PAIR)
    assert feed.on_frame(wrapped(scenes.depth(109, 111, 108, bids=BIDS, asks=ASKS)), 3) is again
    assert (one.applied, again.buffered) == (2, 1)


#: What stands in `U`, `u` and `pu` after an event that ended with 999999998.
IDS = {
    "one digit more": (999999999, 1000000001, 999999998),
    "a zero before": ("0999999999", "0999999999", "0999999998"),
    "a gap": (999999999, 1000000001, 999999997),
    "an event of before": (999999990, 999999996, 999999998),
    "an event that ends where it began": (999999998, 999999998, 999999998),
    "ids of eight digits": (99999999, 99999999, 99999998),
    "ids of seventeen digits": (10000000000000000, 10000000000000002, 999999998),
    "a zero before the first id": ("012345678", 999999999, 999999998),
    "a first id that is no number": ("9999x9998", 999999999, 999999998),
    "a zero before the last id": (999999999, "012345678", 999999998),
    "an id that is no number": ("99999999x", 999999999, 999999998),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS.keys())
def test_ids_that_are_not_written_as_before_mean_the_same_to_both_twins(
    both: tuple[NewDecoder, NewDecoder], ids: tuple[int | str, int | str, int | str]
) -> None:
    states = []
    for new_decoder in both:
        feed, one = in_step(new_decoder, 999999890)
        after = wrapped(scenes.depth(0, 1, 2, bids=BIDS[:2]))
        frame = after.replace(
            b'"U":0,"u":1,"pu":2', b'"U":%b,"u":%b,"pu":%b' % tuple(str(stated_id).encode() for stated_id in ids)
        )
        assert frame != after
        changed = feed.on_frame(frame, 3) is one
        states.append((changed, one.applied, one.gaps, one.skipped, one.book.last_diff_uid, feed.malformed))
    assert states[0] == states[1]


@pytest.mark.parametrize("base", BASES)
def test_ids_grow_while_the_book_is_followed(new_decoder: NewDecoder, base: int) -> None:
    feed, one = in_step(new_decoder, base)
    last_id = base + 108
    for step in (3, 90, 1, 997, 40_000_000, 7, 99_999_999, 3, 10**11, 5):
        frame = scenes.depth(last_id + 1, last_id + step, last_id, bids=BIDS[:2])
        assert feed.on_frame(wrapped(frame), 3) is one
        last_id += step
        assert (one.book.last_diff_uid, one.gaps) == (last_id, 0)
