"""A check says what it found, in words for people and in names for programs."""

import json

from connector.core.findings import Concern, Finding, Verdict, worst

WARNED = Finding("clock", Concern.NETWORK, Verdict.WARNING, "the clock is off", remedy="set it")
REFUSED = Finding("key", Concern.KEY, Verdict.REFUSAL, "no such key", ("it was deleted", "it is another's"), "make one")


def test_the_first_refusal_is_what_a_command_ends_for() -> None:
    later = Finding("account", Concern.ACCOUNT, Verdict.REFUSAL, "asleep")
    assert worst((WARNED, REFUSED, later)) is REFUSED
    assert worst((WARNED,)) is None


def test_a_finding_is_an_object_of_json_with_its_causes_in_order() -> None:
    assert json.loads(json.dumps(REFUSED.to_json())) == {
        "check": "key",
        "concern": "key",
        "verdict": "refusal",
        "line": "no such key",
        "causes": ["it was deleted", "it is another's"],
        "remedy": "make one",
    }
