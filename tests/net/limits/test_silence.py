"""How long the venue wants silence."""

import pytest

from connector.core.faults import Retry
from connector.net.http import HttpAnswer
from connector.net.limits.silence import silence_ms
from connector.venue.limits import LONGEST_BAN_MS

NOW_MS = 1_800_000_015_000
BAN = "Way too many requests; IP(127.0.0.1) banned until {}. Please use the websocket."


def silence(text: str = "", retry_after: str = "", retry: Retry = Retry.AFTER_PAUSE, misses: int = 0) -> int:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return silence_ms(HttpAnswer(429, headers, b""), text, retry, misses, NOW_MS)


def test_the_end_of_a_ban_and_retry_after_are_believed() -> None:
    assert silence(BAN.format(NOW_MS + 120_000)) == 120_000
    assert silence(retry_after="7") == 7_000


@pytest.mark.parametrize(
    ("text", "retry_after"),
    [(BAN.format(9_999_999_999_999), ""), ("", "1" + 18 * "0"), ("", 400 * "9"), ("", "999999999")],
)
def test_nothing_is_believed_beyond_the_longest_ban(text: str, retry_after: str) -> None:
    assert silence(text, retry_after) == LONGEST_BAN_MS


@pytest.mark.parametrize("retry_after", ["", "0", "-5", "²", "soon", "1e3", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_without_a_word_that_makes_sense_it_lasts_until_the_next_window(retry_after: str) -> None:
    assert silence(retry_after=retry_after) == 60_000 - NOW_MS % 60_000
    assert silence(retry_after=retry_after, retry=Retry.AFTER_ORDER_PAUSE) == 10_000 - NOW_MS % 10_000


def test_a_ban_that_is_over_is_no_word() -> None:
    assert silence(BAN.format(NOW_MS - 1)) == 60_000 - NOW_MS % 60_000


def test_it_grows_while_the_next_window_is_not_enough_but_not_for_ever() -> None:
    assert silence(misses=1) - silence() == 60_000
    assert silence(misses=10**9) - silence() == 540_000
