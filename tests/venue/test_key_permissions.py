"""What a key may do decides whether it is used: money that can be taken out is the worst of it."""

from dataclasses import replace

import pytest

from connector.core.findings import Finding, Verdict
from connector.venue.key_permissions import FORBIDDEN, KeyPermissions, permission_findings

DAY_MS = 86_400_000
NOW_MS = 1_780_000_000_000
GOOD = KeyPermissions(
    frozenset({"enableReading", "enableFutures"}),
    told=frozenset({"enableReading", "enableFutures", *FORBIDDEN}),
    is_bound_to_addresses=True,
    created_ms=NOW_MS,
)


def of(key: KeyPermissions, *, accepts_withdrawal: bool = False) -> dict[str, Finding]:
    findings = permission_findings(key, NOW_MS, accepts_withdrawal=accepts_withdrawal)
    return {finding.check: finding for finding in findings}


def granting(*names: str) -> KeyPermissions:
    return replace(GOOD, granted=GOOD.granted | set(names))


def test_a_key_that_reads_and_trades_futures_from_its_addresses_is_good() -> None:
    assert {finding.verdict for finding in of(GOOD).values()} == {Verdict.OK}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_key_that_can_move_money_out_is_refused_unless_its_user_accepts_it(name: str) -> None:
    (refused,) = [row for row in of(granting(name)).values() if row.verdict is not Verdict.OK]
    assert refused.verdict is Verdict.REFUSAL
    assert "--accept-withdraw-permission" in refused.remedy
    (accepted,) = [row for row in of(granting(name), accepts_withdrawal=True).values() if row.verdict is not Verdict.OK]
    assert (accepted.check, accepted.verdict) == (refused.check, Verdict.WARNING)
    assert "which was accepted" in accepted.line


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_permission_that_was_not_told_is_not_taken_for_one_that_is_missing(name: str) -> None:
    (unknown,) = [row for row in of(replace(GOOD, told=GOOD.told - {name})).values() if row.verdict is not Verdict.OK]
    assert unknown.verdict is Verdict.WARNING
    assert unknown.line.startswith("whether the key may ")
    assert unknown.line.endswith(" was not told")


@pytest.mark.parametrize(("name", "check"), [("enableReading", "reading"), ("enableFutures", "futures")])
def test_a_key_without_what_trading_needs_is_refused(name: str, check: str) -> None:
    found = of(replace(GOOD, granted=GOOD.granted - {name}))[f"permission_{check}"]
    assert found.verdict is Verdict.REFUSAL
    assert found.remedy


def test_a_key_that_works_from_anywhere_is_warned_of_with_the_end_that_follows() -> None:
    found = of(replace(GOOD, is_bound_to_addresses=False, created_ms=NOW_MS - 80 * DAY_MS))["address_restriction"]
    assert found.verdict is Verdict.WARNING
    assert "80 days ago" in found.line
    assert "2026-06-07" in found.line  # ninety days after it was made


@pytest.mark.parametrize(("days", "verdict"), [(-1, Verdict.REFUSAL), (3, Verdict.WARNING), (100, Verdict.OK)])
def test_the_end_of_a_key_is_told_and_one_that_is_over_refused(days: int, verdict: Verdict) -> None:
    assert of(replace(GOOD, ends_ms=NOW_MS + days * DAY_MS))["key_end"].verdict is verdict


def test_permissions_that_nobody_here_knows_are_told_by_the_venues_name() -> None:
    found = of(granting("enableTeleport", "enableMargin"))["surplus_permissions"]
    assert found.verdict is Verdict.WARNING
    assert found.line.endswith("margin, enableTeleport")
