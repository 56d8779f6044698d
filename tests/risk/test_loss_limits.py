"""How much may be lost: what strikes, when, and what outlives a restart."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from connector.risk.bounds import LossBound, RiskBounds
from connector.risk.limit_row import LimitRow
from connector.risk.loss_limits import DayStand, LossLimits

D = Decimal
DAY_MS = 86_400_000
NOON_MS = 20_000 * DAY_MS + DAY_MS // 2
OF_DAY = RiskBounds(max_loss_of_day=LossBound(D(5), is_share=True))
ALL = RiskBounds(max_loss_of_day=LossBound(D(500)), max_loss_of_run=LossBound(D(300)), max_drawdown=D(4))


def names(rows: tuple[LimitRow, ...]) -> list[str]:
    return [row.name for row in rows]


def test_a_loss_past_the_bound_strikes_once_with_its_figures() -> None:
    losses = LossLimits(OF_DAY, "USDT")
    assert losses.judge(D(10_000), NOON_MS) == ()
    assert losses.judge(D(9_500), NOON_MS) == (), "on the bound"
    (row,) = losses.judge(D(9_488), NOON_MS)
    assert (row.use, row.bound, row.overrun, row.unit) == (D(512), D(500), D(12), "USDT")
    assert losses.judge(D(9_000), NOON_MS) == ()
    assert losses.struck["max_loss_of_day"].use == 512


def test_each_limit_counts_from_its_own_beginning() -> None:
    losses = LossLimits(ALL)
    losses.judge(D(10_000), NOON_MS)
    losses.judge(D(11_000), NOON_MS)
    assert names(losses.judge(D(10_550), NOON_MS)) == ["max_drawdown"], "4.09 % below the highest"
    assert names(losses.judge(D(9_699), NOON_MS)) == ["max_loss_of_run"]
    assert names(losses.judge(D(9_499), NOON_MS)) == ["max_loss_of_day"]
    assert list(losses.struck) == ["max_drawdown", "max_loss_of_run", "max_loss_of_day"]


def test_another_day_begins_anew_and_lets_go_what_struck_in_the_last_one() -> None:
    losses = LossLimits(OF_DAY)
    losses.judge(D(10_000), NOON_MS)
    losses.judge(D(9_000), NOON_MS)
    assert losses.judge(D(9_000), NOON_MS + DAY_MS // 2 - 1) == () and losses.struck
    assert losses.judge(D(9_000), NOON_MS + DAY_MS // 2) == () and not losses.struck
    assert names(losses.judge(D(8_549), NOON_MS + DAY_MS)) == ["max_loss_of_day"], "5 % of 9,000"


def test_the_day_goes_on_over_a_restart() -> None:
    first = LossLimits(OF_DAY)
    first.judge(D(10_000), NOON_MS)
    first.judge(D(9_700), NOON_MS)
    second = LossLimits(OF_DAY, kept=first.day)
    assert second.recall(NOON_MS) is None
    assert second.judge(D(9_700), NOON_MS) == ()
    assert names(second.judge(D(9_499), NOON_MS)) == ["max_loss_of_day"]
    third = LossLimits(OF_DAY, kept=second.day)
    recalled = third.recall(NOON_MS)
    assert recalled is not None and recalled.use == 501
    assert third.judge(D(9_900), NOON_MS) == () and third.struck, "a win does not let it go"
    assert LossLimits(OF_DAY, kept=second.day).recall(NOON_MS + DAY_MS) is None
    assert LossLimits(RiskBounds(), kept=second.day).recall(NOON_MS) is None, "it is off by now"


def test_what_the_day_seems_to_have_lost_before_the_run_does_not_strike_while_it_is_doubted() -> None:
    losses = LossLimits(RiskBounds(max_loss_of_day=LossBound(D(300))), kept=DayStand(NOON_MS // DAY_MS, D(10_000)))
    losses.doubts_day = True
    assert losses.judge(D(6_000), NOON_MS) == () and losses.rows()[0].use == 4_000, "it is shown"
    assert losses.judge(D(5_700), NOON_MS) == ()
    assert names(losses.judge(D(5_699), NOON_MS)) == ["max_loss_of_day"], "the run alone lost more"
    losses.release()
    assert not losses.doubts_day, "the day counts from there"


def test_a_run_counts_from_its_own_start_whatever_the_day_was() -> None:
    bounds = RiskBounds(max_loss_of_run=LossBound(D(300)))
    losses = LossLimits(bounds, kept=DayStand(NOON_MS // DAY_MS, D(20_000)))
    assert losses.judge(D(10_000), NOON_MS) == ()
    assert names(losses.judge(D(9_699), NOON_MS)) == ["max_loss_of_run"]


def test_what_is_released_counts_anew() -> None:
    losses = LossLimits(ALL)
    losses.judge(D(10_000), NOON_MS)
    assert len(losses.judge(D(9_000), NOON_MS)) == 3
    losses.release()
    assert not losses.struck
    assert losses.judge(D(8_999), NOON_MS) == ()
    assert losses.day == DayStand(NOON_MS // DAY_MS, D(9_000))
    assert names(losses.judge(D(8_639), NOON_MS)) == ["max_loss_of_run", "max_drawdown"]


def test_money_that_comes_or_goes_is_no_gain_and_no_loss() -> None:
    losses = LossLimits(ALL)
    losses.judge(D(10_000), NOON_MS)
    losses.shift(D(-5_000))
    assert losses.judge(D(5_000), NOON_MS) == ()
    losses.shift(D(7_000))
    assert losses.judge(D(12_000), NOON_MS) == ()
    assert names(losses.judge(D(11_690), NOON_MS)) == ["max_loss_of_run"]


def test_money_that_was_there_at_the_first_look_moves_a_day_of_an_earlier_run_alone() -> None:
    losses = LossLimits(ALL)
    losses.judge(D(14_000), NOON_MS)
    losses.shift(D(4_000), was_there=True)
    assert losses.judge(D(14_000), NOON_MS) == ()
    assert names(losses.judge(D(13_690), NOON_MS)) == ["max_loss_of_run"]
    later = LossLimits(ALL, kept=DayStand(NOON_MS // DAY_MS, D(10_000)))
    later.judge(D(14_000), NOON_MS)
    later.shift(D(4_000), was_there=True)
    assert later.day == DayStand(NOON_MS // DAY_MS, D(14_000))
    assert later.judge(D(14_000), NOON_MS) == ()


def test_an_equity_that_nobody_knows_says_nothing() -> None:
    losses = LossLimits(ALL)
    assert losses.judge(D("NaN"), NOON_MS) == () and losses.day is None
    assert losses.rows() == ()


def test_use_and_bound_are_told_of_each_that_is_on() -> None:
    losses = LossLimits(ALL, "USDT")
    losses.judge(D(10_000), NOON_MS)
    losses.judge(D(9_900), NOON_MS)
    assert [(row.name, row.use, row.bound) for row in losses.rows()] == [
        ("max_loss_of_day", 100, 500), ("max_loss_of_run", 100, 300), ("max_drawdown", 1, 4),
    ]  # fmt: skip


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=40))
def test_no_equity_lies_past_a_bound_that_has_not_struck(equities: list[int]) -> None:
    losses = LossLimits(ALL)
    for equity in equities:
        losses.judge(D(equity), NOON_MS)
        past = [row.name for row in losses.rows() if row.overrun > 0]
        assert set(past) <= set(losses.struck)


def test_where_there_was_nothing_no_part_of_it_is_lost() -> None:
    losses = LossLimits(RiskBounds(max_loss_of_day=LossBound(D(5), is_share=True)))
    for equity in (0, -10, -20):
        assert losses.judge(D(equity), NOON_MS) == () and losses.rows() == ()
    assert losses.judge(D(1_000), NOON_MS + DAY_MS) == ()
    assert names(losses.judge(D(900), NOON_MS + DAY_MS)) == ["max_loss_of_day"]


def test_a_clock_that_steps_back_over_midnight_forgets_nothing() -> None:
    losses = LossLimits(OF_DAY)
    midnight_ms = NOON_MS + DAY_MS // 2
    losses.judge(D(10_000), midnight_ms)
    losses.judge(D(9_000), midnight_ms)
    assert losses.judge(D(9_000), midnight_ms - 1) == () and losses.struck
    assert losses.judge(D(9_000), midnight_ms + 1) == () and losses.struck
    later = LossLimits(OF_DAY, kept=losses.day)
    assert later.recall(midnight_ms - 1) is not None
    assert later.judge(D(9_000), midnight_ms) == () and later.struck
    assert losses.judge(D(9_000), midnight_ms - DAY_MS - 1) == () and not losses.struck, "a day that can't be a step"
