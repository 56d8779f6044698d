"""A save holds every order that is not settled as it stands now, however few of them were spelt for it."""

import random
from dataclasses import replace

import pytest

from connector.core.reports import OrderStatus
from connector.orders import tracking_states
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.saved_orders import SavedOrder, saved
from connector.orders.tracker import Memory
from tests.companions.orders.scenes import fill, report, tracked, tracker

STATUSES = tuple(OrderStatus)


def test_a_save_says_of_each_order_what_spelling_it_anew_would() -> None:
    for seed in range(40):
        weather, desk = random.Random(seed), tracker(Memory(keep_ms=40, keep_count=6))
        for step in range(120):
            if step % 4 == 0:
                tracked(desk, f"desk-{step}")
            name = f"desk-{weather.randrange(0, step + 1, 4)}"
            fills = (fill(str(step)),) if weather.random() < 0.3 else ()
            told = report(weather.choice(STATUSES), *fills, client_order_id=name, exchange_order_id=name)
            desk.apply(replace(told, executed_amount=fills[0].amount if fills else None), step)
            if weather.random() < 0.3:
                assert desk.states() == {order.client_order_id: saved(order) for order in desk.unsettled()}


def test_only_what_changed_since_the_last_save_is_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    spelt: list[str] = []

    def spelling(order: InFlightOrder) -> SavedOrder:
        spelt.append(order.client_order_id)
        return saved(order)

    monkeypatch.setattr(tracking_states, "saved", spelling)
    desk = tracker()
    for number in range(5):
        tracked(desk, f"desk-{number}")
    desk.states()
    spelt.clear()
    desk.apply(report(OrderStatus.NEW, client_order_id="desk-3"), 2_000)
    assert set(desk.states()) == {f"desk-{number}" for number in range(5)}
    assert spelt == ["desk-3"]


def test_a_save_does_not_change_after_it_was_taken() -> None:
    desk = tracker()
    tracked(desk, "desk-1")
    before = desk.states()
    kept = dict(before["desk-1"])
    tracked(desk, "desk-2")
    desk.apply(report(OrderStatus.NEW, client_order_id="desk-1"), 2_000)
    desk.states()
    assert before == {"desk-1": kept}
