from collections.abc import Callable

import pytest

from connector.simulator.errors import BadInput, VenueError
from connector.simulator.fault_injection.latency import latency_of
from connector.simulator.fault_injection.price_scripts import script_named


@pytest.mark.parametrize(("code", "status"), [(-1121, 400), (-2014, 401), (-2015, 401), (-1008, 503), (-5000, 404)])
def test_a_code_has_the_venues_http_status(code: int, status: int) -> None:
    assert VenueError(code, "a", "b").status == status


def test_words_are_put_into_the_venues_sentence() -> None:
    error = VenueError(-1102, "symbol")
    assert error.text == "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        # "Error codes", 2026-05.
        (-4105, "Symbol is under position risk control, only reduce-only order is allowed."),
        (-4106, "Symbol is under position risk control, buy order can only works with reduce-only."),
        (-4107, "Symbol is under position risk control, sell order can only works with reduce-only."),
        (
            -4400,
            "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.",
        ),
        # Captured on 2026-03-05.
        (-4411, "Please sign TradFi-Perps agreement contract fapi."),
    ],
)
def test_who_may_only_reduce_is_told_so_in_the_venues_words(code: int, words: str) -> None:
    assert VenueError(code).text == words


def test_a_pause_is_named_in_seconds() -> None:
    assert VenueError(-1003, "127.0.0.1", 2400, "minute", retry_after_s=7).retry_after_s == 7


@pytest.mark.parametrize("reader", [latency_of, script_named])
def test_whatever_a_person_hands_in_wrongly_is_one_kind_of_mistake(reader: Callable[[str], object]) -> None:
    with pytest.raises(BadInput, match="nonsense"):
        reader("nonsense")
