"""Others' orders on the account, and trades of whoever's orders."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.account.order_traffic import OrderTraffic
from connector.account.pair_budget import WorkingOrder
from connector.core.enums import PositionAction, PositionSide, TradeType
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from tests.companions.account.scenes import PAIR_OF
from tests.companions.orders.scenes import fill

D = Decimal
THEIRS = OrderReport(
    ReportSource.STREAM, OrderStatus.NEW, "BTCUSDT", "by-hand", "77", time_ms=10_000, amount=D(3), price=D(90),
    executed_amount=D(0), trade_type=TradeType.BUY, position_side=PositionSide.BOTH,
)  # fmt: skip


class Ear:
    """What the budget hears."""

    def __init__(self) -> None:
        self.traffic = OrderTraffic(PAIR_OF.get)
        self.traffic.order_watcher = self._order
        self.traffic.trade_watcher = self._trade
        self.orders: list[tuple[str, Decimal, bool]] = []
        self.trades: list[tuple[str, PositionSide, TradeType, str]] = []

    def take(self, report: OrderReport, *, is_own: bool = False) -> None:
        self.traffic.take(report, is_own=is_own)

    def _order(self, order: WorkingOrder) -> None:
        self.orders.append((order.trading_pair, order.claimed_amount, order.is_open))

    def _trade(self, trading_pair: str, side: PositionSide, trade_type: TradeType, one: object) -> None:
        self.trades.append((trading_pair, side, trade_type, one.trade_id))  # type: ignore[attr-defined]


def test_an_order_of_others_is_heard_with_what_is_left_of_it_until_it_is_over() -> None:
    ear = Ear()
    ear.take(THEIRS)
    ear.take(replace(THEIRS, status=OrderStatus.PARTIALLY_FILLED, executed_amount=D(1)))
    ear.take(replace(THEIRS, status=OrderStatus.MODIFIED, executed_amount=D(1), amount=D(9)))
    ear.take(replace(THEIRS, status=OrderStatus.CANCELED, executed_amount=D(1)))
    assert ear.orders == [
        ("BTC-USDT", D(3), True), ("BTC-USDT", D(2), True), ("BTC-USDT", D(8), True), ("BTC-USDT", D(8), False)
    ]  # fmt: skip
    assert ear.traffic.orders == ()


@pytest.mark.parametrize(
    "report",
    [
        replace(THEIRS, symbol="SOLUSDT"),
        replace(THEIRS, price=D(0)),
        replace(THEIRS, exchange_order_id=""),
        replace(THEIRS, status=OrderStatus.UNCHANGED),
    ],
    ids=["of no traded pair", "at market", "without an id", "a mere trade"],
)
def test_what_holds_no_margin_that_is_reckoned_here_is_left_out(report: OrderReport) -> None:
    ear = Ear()
    ear.take(report)
    assert not ear.orders


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, PositionAction.OPEN),
        ({"reduces_only": True}, PositionAction.CLOSE),
        ({"position_side": PositionSide.LONG}, PositionAction.OPEN),
        ({"position_side": PositionSide.SHORT}, PositionAction.CLOSE),
        ({"position_side": PositionSide.SHORT, "trade_type": TradeType.SELL}, PositionAction.OPEN),
    ],
)
def test_an_order_against_its_position_side_can_only_close(changes: dict[str, object], action: PositionAction) -> None:
    ear = Ear()
    ear.take(replace(THEIRS, **changes))  # type: ignore[arg-type]
    assert [order.position_action for order in ear.traffic.orders] == [action]


def test_an_old_word_and_a_list_of_before_its_end_revive_nothing() -> None:
    ear = Ear()
    ear.take(replace(THEIRS, time_ms=20_000, amount=D(5)))
    ear.take(THEIRS)
    assert [order.claimed_amount for order in ear.traffic.orders] == [D(5)]
    ear.take(replace(THEIRS, status=OrderStatus.FILLED, time_ms=30_000))
    ear.take(replace(THEIRS, source=ReportSource.OPEN_ORDERS))
    assert ear.traffic.orders == ()


def test_an_order_that_turns_out_to_be_ours_is_the_trackers() -> None:
    ear = Ear()
    ear.take(THEIRS)
    ear.take(THEIRS, is_own=True)
    assert ear.orders[-1] == ("BTC-USDT", D(3), False)


def test_what_a_whole_list_leaves_out_is_over_unless_it_is_younger_than_a_replica_may_lag() -> None:
    ear = Ear()
    ear.take(THEIRS)
    ear.traffic.listed("ETHUSDT", set(), 60_000)
    ear.traffic.listed("BTCUSDT", {"77"}, 60_000)
    ear.traffic.listed(None, set(), 14_000)
    assert len(ear.traffic.orders) == 1
    ear.traffic.listed(None, set(), 60_000)
    assert ear.traffic.orders == ()


@pytest.mark.parametrize("is_own", [True, False])
def test_trades_are_heard_whoever_traded(is_own: bool) -> None:
    ear = Ear()
    one = replace(fill("5"), position_side=PositionSide.LONG)
    ear.take(replace(THEIRS, status=OrderStatus.PARTIALLY_FILLED, fills=(one,)), is_own=is_own)
    assert ear.trades == [("BTC-USDT", PositionSide.LONG, TradeType.BUY, "5")]
    ear.take(replace(THEIRS, symbol="SOLUSDT", fills=(one,)), is_own=is_own)
    assert len(ear.trades) == 1
