"""SUBSCRIBE and UNSUBSCRIBE, batched, paced, and checked by id."""

import json

import pytest

from connector.net.subscriptions import MOST_NAMES, Subscriptions
from connector.venue.limits import MAX_CLIENT_MESSAGES_PER_S


def streams(count: int) -> list[str]:
    return [f"s{number}@depth" for number in range(count)]


def test_a_long_list_leaves_in_batches_below_the_venues_pace() -> None:
    subscriptions, now_ms, sent = Subscriptions(), 1_000, list[tuple[int, list[str]]]()
    subscriptions.subscribe(streams(1024))
    while (wait_ms := subscriptions.wait_ms(now_ms)) is not None:
        now_ms += wait_ms
        sent.append((now_ms, json.loads(subscriptions.next_message(now_ms))["params"]))
    assert [name for _, names in sent for name in names] == streams(1024)
    assert max(len(names) for _, names in sent) == MOST_NAMES
    busiest = max(sum(at <= other < at + 1000 for other, _ in sent) for at, _ in sent)
    assert busiest <= MAX_CLIENT_MESSAGES_PER_S // 2


def test_it_is_settled_when_every_message_is_answered_under_its_id() -> None:
    subscriptions = Subscriptions()
    assert subscriptions.is_settled
    subscriptions.subscribe(streams(2))
    assert not subscriptions.is_settled
    number = json.loads(subscriptions.next_message(0))["id"]
    assert subscriptions.take_answer(json.dumps({"result": None, "id": number + 1}).encode()), "someone's, but not ours"
    assert not subscriptions.is_settled
    assert subscriptions.take_answer(json.dumps({"result": None, "id": number}).encode())
    assert subscriptions.is_settled
    assert subscriptions.refusals == []


@pytest.mark.parametrize("shape", [{"code": 2, "msg": "no room"}, {"error": {"code": 2, "msg": "no room"}}])
def test_a_refusal_names_what_was_asked(shape: dict[str, object]) -> None:
    subscriptions = Subscriptions()
    subscriptions.unsubscribe(streams(3))
    asked = json.loads(subscriptions.next_message(0))
    assert asked["method"] == "UNSUBSCRIBE"
    assert subscriptions.take_answer(json.dumps({**shape, "id": asked["id"]}).encode())
    assert subscriptions.is_settled
    assert subscriptions.refusals == ["UNSUBSCRIBE of s0@depth and 2 more refused: 2 no room"]


def test_a_message_without_an_answer_is_sent_again_and_the_time_runs_on() -> None:
    subscriptions = Subscriptions()
    subscriptions.subscribe(streams(1))
    first = json.loads(subscriptions.next_message(1_000))
    subscriptions.ask_again(2_400)
    assert subscriptions.wait_ms(2_400) is None, "too early"
    subscriptions.ask_again(2_600)
    again = json.loads(subscriptions.next_message(2_600))
    assert (again["params"], again["id"] != first["id"]) == (first["params"], True)
    assert subscriptions.overdue_ms(4_500) == 3_500
    assert subscriptions.take_answer(json.dumps({"result": None, "id": again["id"]}).encode())
    assert subscriptions.is_settled


@pytest.mark.parametrize("frame", [b"[]", b'{"e":"depthUpdate"}', b"{", b"7", b'{"id":' + b"[" * 100_000])
def test_what_is_no_answer_is_left_to_others(frame: bytes) -> None:
    assert not Subscriptions().take_answer(frame)


def test_answers_that_nobody_asked_for_take_no_memory() -> None:
    subscriptions = Subscriptions()
    for number in range(1_000):
        body = {"code": [[number]], "msg": "x" * 10_000, "id": [number]}
        assert subscriptions.take_answer(json.dumps(body).encode())
    assert len(subscriptions.refusals) <= 100
    assert all(len(refusal) < 300 for refusal in subscriptions.refusals)
