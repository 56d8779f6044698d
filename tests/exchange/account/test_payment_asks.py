"""When the account book is asked for funding payments."""

from itertools import pairwise

import pytest

from connector.exchange.account.payment_asks import APART_MS, ASKED_AFTER_MS, PaymentAsks

T = 1_000_000_000
HOUR_MS = 3_600_000
#: What the steady clock shows when the venue's shows T.
STEADY = 500_000


class Day:
    """A day by both clocks, with one symbol that settles at T and then every so often."""

    def __init__(self, every_ms: int, held: bool = False) -> None:
        self.asks = PaymentAsks()
        self._every_ms = every_ms
        self._held = {"BTCUSDT"} if held else set()
        self.asked: list[int] = []

    def passes(self, from_ms: int, until_ms: int, answered: bool = True) -> list[int]:
        """The moments at which was asked, from T on."""
        asked: list[int] = []
        for after_ms in range(from_ms, until_ms, 500):
            next_ms = T if after_ms < 0 else T + (after_ms // self._every_ms + 1) * self._every_ms
            steady_ms = STEADY + after_ms
            self.asks.look([("BTCUSDT", next_ms)], self._held, T + after_ms, steady_ms)
            if self.asks.is_due(steady_ms):
                asked.append(after_ms)
                self.asks.asked(steady_ms)
                if answered:
                    self.asks.answered(steady_ms)
                else:
                    self.asks.failed(steady_ms)
        return asked


@pytest.mark.parametrize(
    ("every_ms", "after_ms"), [(8 * HOUR_MS, ASKED_AFTER_MS), (HOUR_MS, ASKED_AFTER_MS), (80_000, 10_000)]
)
def test_a_minute_after_a_settlement_and_an_eighth_of_the_interval_at_most(every_ms: int, after_ms: int) -> None:
    assert Day(every_ms).passes(-2_000, min(every_ms, 300_000)) == [after_ms]


def test_many_symbols_are_asked_for_together() -> None:
    asks = PaymentAsks()
    symbols = [f"S{number}USDT" for number in range(900)]
    asks.look([(symbol, T) for symbol in symbols], set(), T - 1, STEADY - 1)
    asks.look([(symbol, T + HOUR_MS) for symbol in symbols], set(), T, STEADY)
    assert asks.is_due(STEADY + ASKED_AFTER_MS)
    asks.asked(STEADY + ASKED_AFTER_MS)
    assert not asks.is_due(STEADY + HOUR_MS)


def test_where_no_settlement_is_told_nothing_is_asked() -> None:
    asks = PaymentAsks()
    for after_ms in range(0, 100_000, 500):
        asks.look([("BTCUSDT", 0)], {"BTCUSDT"}, T + after_ms, STEADY + after_ms)
        assert not asks.is_due(STEADY + after_ms)


def test_a_settlement_that_moves_ahead_is_asked_for_at_its_new_time() -> None:
    """From eight hours to one: the next settlement comes sooner than was told."""
    asks = PaymentAsks()
    asks.look([("BTCUSDT", T + 7 * HOUR_MS)], set(), T - HOUR_MS, STEADY - HOUR_MS)
    asks.look([("BTCUSDT", T)], set(), T - 1_000, STEADY - 1_000)
    assert not asks.is_due(STEADY)
    asks.look([("BTCUSDT", T + HOUR_MS)], set(), T, STEADY)
    assert asks.is_due(STEADY + ASKED_AFTER_MS)


def test_a_settlement_of_which_the_stream_tells_nothing_is_asked_for_all_the_same() -> None:
    asks = PaymentAsks()
    asks.look([("BTCUSDT", T)], set(), T - 1_000, STEADY - 1_000)
    asks.look([("BTCUSDT", T)], set(), T + 500, STEADY + 500)
    assert not asks.is_due(STEADY + ASKED_AFTER_MS - 1)
    assert asks.is_due(STEADY + ASKED_AFTER_MS)


def test_a_push_hastens_the_question() -> None:
    day = Day(8 * HOUR_MS)
    day.passes(-2_000, 500)
    day.asks.hint("BTCUSDT", T, STEADY)
    asked = day.passes(500, 20_000)
    assert asked[0] == 3_000


def test_a_payment_that_is_not_there_is_asked_for_ever_later_and_then_given_up() -> None:
    asked = Day(8 * HOUR_MS, held=True).passes(-2_000, HOUR_MS)
    assert asked == [60_000, 75_000, 105_000, 165_000, 285_000]


def test_a_payment_that_is_there_is_not_asked_for_again() -> None:
    day = Day(8 * HOUR_MS, held=True)
    day.passes(-2_000, 60_000)
    day.asks.found("BTCUSDT", T + 12_000)
    assert day.passes(60_000, HOUR_MS) == [60_000]


def test_the_payment_of_the_settlement_before_is_not_the_one_that_is_missing() -> None:
    day = Day(HOUR_MS, held=True)
    day.passes(-2_000, 60_000)
    day.asks.found("BTCUSDT", T - HOUR_MS + 12_000)
    assert day.passes(60_000, 100_000) == [60_000, 75_000]


def test_a_question_that_fails_is_asked_again_ever_later_without_end() -> None:
    asked = Day(8 * HOUR_MS).passes(-2_000, 600_000, answered=False)
    apart = [later - sooner for sooner, later in pairwise(asked)]
    assert asked[0] == 60_000
    assert apart[:5] == [APART_MS, 10_000, 20_000, 40_000, 60_000]
    assert set(apart[5:]) == {60_000}


def test_however_often_is_settled_and_pushed_questions_lie_apart() -> None:
    """A tenth of the weight of an address: eight questions of thirty in a minute."""
    day = Day(1_000, held=True)
    asked = []
    for after_ms in range(0, 60_000, 500):
        day.asks.hint("BTCUSDT", T + after_ms, STEADY + after_ms)
        day.asks.hurry(STEADY + after_ms)
        asked += day.passes(after_ms, after_ms + 500)
    assert len(asked) == 8
    assert all(later - sooner >= APART_MS for sooner, later in pairwise(asked))


def test_a_symbol_that_is_followed_no_more_is_not_asked_for() -> None:
    day = Day(8 * HOUR_MS, held=True)
    day.passes(-2_000, 500)
    day.asks.forget("BTCUSDT")
    assert len(day.passes(60_000, 61_000)) == 1
    assert day.asks.answered(STEADY) == ()
