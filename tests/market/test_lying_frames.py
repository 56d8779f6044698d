"""Every field of every market frame, with every lie: both twins read the same fact, or call the frame malformed."""

from decimal import Decimal
from typing import Any

import pytest

from connector.core.figures import MOST_TIME_MS
from connector.market.facts import MOST_DIGITS, MalformedFrameError, MarkPrices, TradeFact
from tests.companions.flows.lies import LIES, fields, told_with
from tests.companions.market import scenes
from tests.companions.market.scenes import NewDecoder, outcome, packed, snapshot_outcome

FRAMES: dict[str, Any] = {
    "depth": scenes.depth(5, 7, 4, bids=[("99", "1")], asks=[("101.5", "1")], st=1),
    "ticker": scenes.ticker(7, "99", "1", "101", "2", st=1),
    "aggregate": scenes.aggregate_trade("99.5", "0.001", st=1),
    "mark price": scenes.mark_price("99.5", "99.6", "0.0001", st=1),
    "mark prices": [scenes.mark_price("99.5", "99.6", "-0.0001", st=1), scenes.mark_price("7", "7", "0", st=1)],
}


@pytest.mark.parametrize("name", FRAMES)
def test_both_twins_make_the_same_of_a_lie(name: str, both: tuple[NewDecoder, NewDecoder]) -> None:
    plain, compiled = (new_decoder() for new_decoder in both)
    for tree in (FRAMES[name], {"stream": "btcusdt@x", "data": FRAMES[name]}):
        for place in fields(tree):
            for kind in LIES.values():
                for lie in kind:
                    frame = told_with(tree, place, lie)
                    assert outcome(plain, frame) == outcome(compiled, frame), (place, lie[:40])


def test_both_twins_make_the_same_of_a_lying_snapshot(both: tuple[NewDecoder, NewDecoder]) -> None:
    plain, compiled = (new_decoder() for new_decoder in both)
    tree = {"lastUpdateId": 7, "E": 1, "T": 1, "bids": [["99", "1"]], "asks": [["101", "1"]]}
    for place in fields(tree):
        for kind in LIES.values():
            for lie in kind:
                body = told_with(tree, place, lie)
                assert snapshot_outcome(plain, body) == snapshot_outcome(compiled, body), (place, lie[:40])


@pytest.mark.parametrize("name", ["aggregate", "mark price", "mark prices"])
def test_what_is_read_can_be_used(name: str, new_decoder: NewDecoder) -> None:
    decoder, read = new_decoder(), 0
    for place in fields(FRAMES[name]):
        for kind in LIES.values():
            for lie in kind:
                try:
                    fact = decoder.decode(told_with(FRAMES[name], place, lie))
                except MalformedFrameError as flaw:
                    assert len(str(flaw)) < 300
                    continue
                read += 1
                assert all(map(is_usable, figures_of(fact))), (place, lie[:40], fact)
    assert read > 5


def figures_of(fact: object) -> list[object]:
    match fact:
        case TradeFact(trade=trade):
            return [trade.price, trade.amount, trade.time_ms]
        case MarkPrices(rows=rows):
            return [
                figure
                for row in rows
                for figure in (
                    row.mark_price,
                    row.index_price,
                    row.rate or Decimal(0),
                    row.time_ms,
                    row.next_funding_ms,
                )
            ]
        case _:
            return []


def is_usable(figure: object) -> bool:
    if isinstance(figure, Decimal):
        return figure.is_finite() and abs(figure) < 10**MOST_DIGITS
    return isinstance(figure, int) and 0 <= figure <= MOST_TIME_MS


def test_a_true_frame_is_no_lie(new_decoder: NewDecoder) -> None:
    for frame in FRAMES.values():
        assert outcome(new_decoder(), packed(frame)) != ("malformed",)
