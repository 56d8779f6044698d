"""Exit codes are stable and documented."""

import pytest

from connector.bot.exit_codes import MEANINGS, ExitCode, exit_code_of, gravest
from connector.bot.session.session import Unverified
from connector.core.faults import (
    AccountingFault,
    ApprovalFault,
    ConfigFault,
    ConnectorFault,
    InstanceFault,
    KeyStoreFault,
    LiquidatedFault,
    NoKeyFault,
    PositionLeftFault,
    RiskLimitFault,
    StopFault,
    UnavailableFault,
    UnreadableFault,
)


def test_the_numbers_do_not_move() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0, "INTERNAL": 1, "USAGE": 2, "BAD_CONFIG": 3, "NO_USABLE_KEY": 4, "UNAVAILABLE": 5,
        "BOOKS_DIFFER": 6, "STOP_UNVERIFIED": 7, "LIQUIDATED": 8, "LOSS_LIMIT": 9, "POSITION_LEFT": 10,
        "STORE_CLOSED": 11, "APPROVAL_MISSING": 12, "ALREADY_RUNNING": 13,
    }  # fmt: skip
    assert set(MEANINGS) == set(ExitCode)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ConfigFault("k", 1, "r"), ExitCode.BAD_CONFIG),
        (InstanceFault("x"), ExitCode.ALREADY_RUNNING),
        (UnavailableFault("x"), ExitCode.UNAVAILABLE),
        (UnreadableFault("x", "y"), ExitCode.UNAVAILABLE),
        (AccountingFault("x"), ExitCode.BOOKS_DIFFER),
        (StopFault("x"), ExitCode.STOP_UNVERIFIED),
        (LiquidatedFault("x"), ExitCode.LIQUIDATED),
        (RiskLimitFault("x"), ExitCode.LOSS_LIMIT),
        (PositionLeftFault("x"), ExitCode.POSITION_LEFT),
        (KeyStoreFault("x"), ExitCode.STORE_CLOSED),
        (NoKeyFault("x"), ExitCode.NO_USABLE_KEY),
        (ApprovalFault("x"), ExitCode.APPROVAL_MISSING),
        (ConnectorFault("x"), ExitCode.INTERNAL),
    ],
)
def test_each_kind_of_fault_has_its_code(fault: ConnectorFault, code: ExitCode) -> None:
    assert exit_code_of(fault) is code


def test_a_kind_of_a_kind_has_the_code_of_its_kind() -> None:
    assert issubclass(Unverified, StopFault)
    assert exit_code_of(type("Special", (ConfigFault,), {})("k", 1, "r")) is ExitCode.BAD_CONFIG


def test_where_several_apply_the_gravest_counts_whatever_came_first() -> None:
    in_order = [
        ConnectorFault("a defect"), StopFault("x"), AccountingFault("x"), LiquidatedFault("x"), RiskLimitFault("x"),
        PositionLeftFault("x"), UnavailableFault("x"), ConfigFault("k", 1, "r"),
    ]  # fmt: skip
    for number in range(len(in_order)):
        left = in_order[number:]
        assert gravest(left) is gravest(left[::-1]) is in_order[number]
    codes = [exit_code_of(fault) for fault in in_order[:-1]]
    assert codes == [1, 7, 6, 8, 9, 10, 5]
