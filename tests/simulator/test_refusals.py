import pytest

from connector.simulator.refusals import Refusal


@pytest.mark.parametrize(("code", "status"), [(-1121, 400), (-2014, 401), (-2015, 401), (-1008, 503), (-5000, 404)])
def test_a_code_has_the_venues_http_status(code: int, status: int) -> None:
    assert Refusal(code, "a", "b").status == status


def test_words_are_put_into_the_venues_sentence() -> None:
    assert Refusal(-1102, "symbol").text == ("Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")


def test_a_pause_is_named_in_seconds() -> None:
    assert Refusal(-1003, "127.0.0.1", 2400, "minute", retry_after_s=7).retry_after_s == 7
