"""What a refusal means for the order: never a guess, and unknown where nobody can know."""

import pytest

from connector.core.faults import Blame, Fate, Retry
from connector.venue.error_codes import RULES, banned_until_ms, rule_for_answer, rule_for_silence

UNKNOWN_ERROR = "Unknown error, please check your request or try again later."


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (503, 0, UNKNOWN_ERROR),
        (503, -1000, UNKNOWN_ERROR),
        (503, -1001, "Internal error; unable to process your request. Please try again."),
        (400, -1006, ""),
        (408, -1007, ""),
        (503, -1008, "Request throttled by system-level protection"),
        (408, 0, ""),
        (502, 0, ""),
        (504, 0, "<html>"),
        (500, 0, ""),
        (400, -4116, "ClientOrderId is duplicated."),
    ],
)
def test_an_order_that_may_live_is_unknown_and_not_sent_again(status: int, code: int, text: str) -> None:
    rule = rule_for_answer(status, code, text, is_write=True)
    assert (rule.fate, rule.retry) == (Fate.UNKNOWN, Retry.NEVER)


@pytest.mark.parametrize(("status", "code"), [(503, 0), (502, 0), (400, -1006), (408, -1007)])
def test_a_read_that_failed_so_is_tried_again(status: int, code: int) -> None:
    assert rule_for_answer(status, code, UNKNOWN_ERROR, is_write=False).retry is Retry.BACKOFF


def test_service_unavailable_is_a_definite_failure() -> None:
    rule = rule_for_answer(503, 0, "Service Unavailable.", is_write=True)
    assert (rule.fate, rule.retry) == (Fate.NEVER_LIVED, Retry.BACKOFF)


@pytest.mark.parametrize(("status", "code"), [(429, -1003), (418, -1003), (429, 0), (429, -1000), (403, 0)])
def test_too_many_requests_pause_the_pool(status: int, code: int) -> None:
    assert rule_for_answer(status, code, "", is_write=True).retry is Retry.AFTER_PAUSE


@pytest.mark.parametrize("status", [429, 400])
def test_too_many_orders_pause_new_orders_alone(status: int) -> None:
    assert rule_for_answer(status, -1015, "", is_write=True).retry is Retry.AFTER_ORDER_PAUSE


@pytest.mark.parametrize("code", [-4046, -4059])
def test_no_need_to_change_is_a_success(code: int) -> None:
    assert rule_for_answer(400, code, "", is_write=True).fate is Fate.DONE


@pytest.mark.parametrize("code", [-1021, -5028])
def test_a_timestamp_refusal_is_repeated_after_the_clock_was_measured(code: int) -> None:
    rule = rule_for_answer(400, code, "", is_write=True)
    assert (rule.fate, rule.retry) == (Fate.NEVER_LIVED, Retry.AFTER_CLOCK_SYNC)


@pytest.mark.parametrize("code", [-2011, -2013])
def test_no_such_order_is_gone_and_not_failed(code: int) -> None:
    assert rule_for_answer(400, code, "", is_write=True).fate is Fate.GONE


@pytest.mark.parametrize("code", [-2014, -2015, -1022])
def test_a_key_problem_is_the_configuration_and_has_a_remedy(code: int) -> None:
    rule = rule_for_answer(401, code, "", is_write=False)
    assert rule.blame is Blame.CONFIGURATION
    assert rule.remedy


def test_a_refusal_that_nobody_knows_is_a_refusal() -> None:
    assert rule_for_answer(400, -9999, "x", is_write=True).fate is Fate.NEVER_LIVED


@pytest.mark.parametrize("status", [403, 451])
def test_a_firewall_is_told_apart_from_the_exchange(status: int) -> None:
    assert rule_for_answer(status, 0, "", is_write=False).blame is Blame.CONFIGURATION


def test_silence_before_sending_is_definite_and_after_it_is_not() -> None:
    assert rule_for_silence(sent=False, is_write=True).fate is Fate.NEVER_LIVED
    assert rule_for_silence(sent=True, is_write=True).fate is Fate.UNKNOWN
    assert rule_for_silence(sent=True, is_write=False).retry is Retry.BACKOFF


def test_the_end_of_a_ban_is_read_from_the_text() -> None:
    assert banned_until_ms("Way too many requests; IP(1.2.3.4) banned until 1579679712345.") == 1579679712345
    assert banned_until_ms("Too many requests.") is None


def test_every_rule_has_words() -> None:
    assert all(rule.meaning for rule in RULES.values())
