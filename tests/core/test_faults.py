"""Faults carry the decision, and a line that a user can act on."""

import pytest

from connector.core import faults
from connector.core.faults import Blame, ConfigFault, ConnectorFault, Fate, Fault, FaultRule, Retry


def test_a_config_fault_names_place_key_value_rule_and_remedy() -> None:
    fault = ConfigFault("bid_spread", "-1", "must be > 0", "use 0.1", "conf/x.yml line 3")
    assert str(fault) == "conf/x.yml line 3: bid_spread: -1: must be > 0; use 0.1"


def test_a_venue_fault_shows_request_code_meaning_text_and_remedy() -> None:
    rule = FaultRule(Fate.NEVER_LIVED, Retry.NEVER, Blame.ACCOUNT, "margin is insufficient", "lower the amount")
    fault = Fault(rule, "POST /fapi/v1/order", code=-2019, http_status=400, text="Margin is insufficient.")
    shown = "POST /fapi/v1/order [-2019] margin is insufficient: Margin is insufficient. (lower the amount)"
    assert str(fault) == shown
    assert fault.rule.fate is Fate.NEVER_LIVED


def test_an_answer_without_a_code_shows_its_status() -> None:
    rule = FaultRule(Fate.UNKNOWN, Retry.NEVER, Blame.VENUE, "the answer did not come")
    assert str(Fault(rule, "POST x", http_status=502)) == "POST x [HTTP 502] the answer did not come"


@pytest.mark.parametrize(
    "name", ["ConfigFault", "UnavailableFault", "AccountingFault", "StopFault", "UnreadableFault", "Fault"]
)
def test_every_fault_is_a_line_for_the_user(name: str) -> None:
    assert issubclass(getattr(faults, name), ConnectorFault)
