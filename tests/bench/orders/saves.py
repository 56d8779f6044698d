"""What a save of the tracking states costs when one order has changed since the last: of few orders, and of many."""

import time
from decimal import Decimal
from statistics import median

from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.orders.tracker import Tracker
from tests.companions.orders.scenes import SYMBOL, tracked, tracker

FEW, MANY = 10, 10_000
SAVES = 200


def measure() -> tuple[float, float, float]:
    """Median microseconds: of many orders, of few, and of the first save of many, which spells each."""
    many, few = _desk(MANY), _desk(FEW)
    whole_us = _save_us(many)
    _save_us(few)
    seen: tuple[list[float], list[float]] = ([], [])
    for number in range(SAVES):
        for desk, figures in zip((many, few), seen, strict=True):
            executed = Decimal(number) / 100
            desk.apply(_news(number % FEW, executed), 2_000)
            figures.append(_save_us(desk))
            if desk.states()[f"desk-{number % FEW}"]["last_update_ms"] != "2000":
                raise RuntimeError("what changed was not saved: the figure means nothing")
    return median(seen[0]), median(seen[1]), whole_us


def _desk(orders: int) -> Tracker:
    desk = tracker()
    for number in range(orders):
        tracked(desk, f"desk-{number}")
    return desk


def _news(number: int, executed: Decimal) -> OrderReport:
    return OrderReport(
        ReportSource.STREAM, OrderStatus.NEW, SYMBOL, client_order_id=f"desk-{number}", executed_amount=executed
    )


def _save_us(desk: Tracker) -> float:
    began_ns = time.perf_counter_ns()
    states = desk.states()
    spent_ns = time.perf_counter_ns() - began_ns
    assert states
    return spent_ns / 1000
