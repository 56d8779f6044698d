"""What waits is bounded and folded, and messages leave a few at once and then one a minute."""

from connector.bot.notify.digest import BODY_LETTERS, BURST, MOST_WAITING, Allowance, Unsent, Waiting

NOON_MS = 43_200_000


def test_a_line_that_comes_again_is_one_line_with_a_count() -> None:
    waiting = Waiting()
    for second in range(3):
        waiting.add("lost: the book", NOON_MS + second * 1000)
    waiting.add("back: the book", NOON_MS + 65_000)
    assert waiting.take() == ["12:00:00 UTC lost: the book (3 times)", "12:01:05 UTC back: the book"]
    assert not waiting
    assert waiting.take() == []


def test_more_than_may_wait_is_counted_alone() -> None:
    waiting = Waiting()
    for number in range(MOST_WAITING + 7):
        waiting.add(f"line {number}", NOON_MS)
    lines = waiting.take()
    assert len(lines) == MOST_WAITING + 1
    assert lines[-1] == "and 7 more: the log has them"
    assert waiting.take() == []


def test_a_long_line_is_cut() -> None:
    waiting = Waiting()
    waiting.add("x" * 10_000, NOON_MS)
    assert len(waiting.take()[0]) < 400


def test_a_few_leave_at_once_and_then_one_a_minute() -> None:
    allowance = Allowance(0)
    for _ in range(BURST):
        assert allowance.wait_ms(1_000) == 0
        allowance.spend(1_000)
    assert allowance.wait_ms(1_000) == 60_000
    assert allowance.wait_ms(60_999) == 1
    assert allowance.wait_ms(61_000) == 0
    allowance.spend(61_000)
    assert allowance.wait_ms(61_000) == 60_000


def test_a_quiet_time_gives_no_more_than_the_first_burst() -> None:
    allowance = Allowance(0)
    for _ in range(BURST):
        allowance.spend(0)
    hours_later = 7_200_000
    for _ in range(BURST):
        assert allowance.wait_ms(hours_later) == 0
        allowance.spend(hours_later)
    assert allowance.wait_ms(hours_later) > 0


def test_what_is_refused_again_and_again_keeps_its_newest_lines_and_counts_the_others() -> None:
    unsent = Unsent()
    for number in range(100):
        unsent.add([f"{number:0300}"])
    first, *lines = unsent.body().splitlines()
    assert first == f"{100 - len(lines)} older lines are left out: the log has them"
    assert lines == [f"{number:0300}" for number in range(100 - len(lines), 100)]
    assert BODY_LETTERS - 302 < sum(len(line) + 1 for line in lines) <= BODY_LETTERS
    unsent.clear()
    assert not unsent
    assert unsent.body() == ""
