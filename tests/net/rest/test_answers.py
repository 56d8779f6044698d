"""What came of a request is an answer, or a silence that says whether the request left."""

from connector.net.http import HttpAnswer, NoAnswer
from connector.net.rest import answers


def test_a_silence_says_whether_the_request_left() -> None:
    assert [NoAnswer("x", sent=sent).sent for sent in (True, False)] == [True, False]
    assert str(NoAnswer("the connection ended", sent=True)) == "the connection ended"


def test_both_ways_of_orders_speak_of_the_same_answers() -> None:
    assert (HttpAnswer, NoAnswer) == (answers.HttpAnswer, answers.NoAnswer)
    assert HttpAnswer(200, {"A": "b"}, b"{}") == answers.HttpAnswer(200, {"A": "b"}, b"{}")
