"""Answers that may be older than what was pushed or set meanwhile are not believed."""

import pytest

from connector.account.setting_readings import OLDEST_MS, SettingReadings


class Told:
    """Readings with a clock; 10 × stands since long ago."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.readings = SettingReadings(lambda: self.now_ms)
        self.readings.take("BTCUSDT", 10)
        self.now_ms = 100_000


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_nobody_told_yet_is_believed() -> None:
    assert SettingReadings(lambda: 0).believes("BTCUSDT", 10, 0)


def test_the_same_is_believed_whenever_it_was_asked_for(told: Told) -> None:
    told.readings.take("BTCUSDT", 20)
    assert told.readings.believes("BTCUSDT", 20, 0)


def test_something_else_is_believed_where_nothing_was_told_for_long(told: Told) -> None:
    assert told.readings.believes("BTCUSDT", 20, 100_000)


@pytest.mark.parametrize(
    ("asked_ms", "believed"), [(99_000, False), (100_001, False), (100_000 + OLDEST_MS, True), (160_000, True)]
)
def test_something_else_is_not_believed_where_it_may_be_of_before_what_was_told(
    told: Told, asked_ms: int, believed: bool
) -> None:
    told.readings.take("BTCUSDT", 2)
    assert told.readings.believes("BTCUSDT", 10, asked_ms) is believed
    assert told.readings.believes("ETHUSDT", 10, asked_ms)


def test_what_is_told_again_is_no_news(told: Told) -> None:
    told.readings.take("BTCUSDT", 10)
    assert told.readings.believes("BTCUSDT", 20, 100_001)


def test_the_same_ends_no_doubt_that_is_younger_than_an_answer_may_be_old(told: Told) -> None:
    told.readings.doubt("BTCUSDT")
    assert not told.readings.believes("BTCUSDT", 10, 101_000)
    assert told.readings.believes("BTCUSDT", 10, 100_000 + OLDEST_MS)
    assert told.readings.believes("BTCUSDT", 20, 101_000)


def test_a_doubt_is_over_once_something_else_stands(told: Told) -> None:
    told.readings.doubt("BTCUSDT")
    told.readings.take("BTCUSDT", 20)
    assert told.readings.believes("BTCUSDT", 20, 100_001)
