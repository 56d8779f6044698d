"""Requests that need not wait: both twins book the same, and let the same wait."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.net.limits.compiled import at_once as compiled
from connector.net.limits.limit_window import Cost, LimitWindow
from connector.net.limits.plain import at_once as plain
from connector.net.limits.shared_counts import SharedCounts
from connector.net.limits.throttle import Throttle, Ticket, Use, account_pool, address_pool
from connector.venue.endpoints import Priority
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit, counter_header

LIMITS = (RateLimit(REQUEST_WEIGHT, 60_000, 30), RateLimit(ORDERS, 10_000, 12), RateLimit(ORDERS, 60_000, 40))
COSTS = (Cost(0, 1, 1), Cost(1), Cost(5, 5, 1), Cost(0, 0, 0, 1), Cost())
#: What may happen next, and by how many ms the clocks go on: a request that asks, an answer to the oldest, with the
#: count that it tells, one that is not counted, a silence.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ask", "ask", "ask", "answer", "not counted", "silence")),
        st.sampled_from((0, 1, 7, 400, 9_000)),
        st.sampled_from(COSTS),
        st.sampled_from(tuple(Priority)),
        st.integers(0, 40),
    ),
    max_size=60,
)


class Desk:
    """One throttle that asks by one twin."""

    def __init__(self, twin: object, share: Decimal) -> None:
        self.throttle = Throttle(LIMITS, share)
        self.ask = twin.ticket_at_once  # type: ignore[attr-defined]
        self.told: list[Use] = []
        for pool in (self.throttle.address, self.throttle.account):
            pool.on_threshold = self.told.append
        self.under_way: list[Ticket] = []

    def step(self, kind: str, cost: Cost, priority: Priority, count: int, now_ms: int, steady_ms: int) -> object:
        if kind == "ask":
            ticket = self.ask(self.throttle, cost, priority, now_ms, steady_ms)
            if ticket is None:
                return None
            self.under_way.append(ticket)
            return ticket.cost, ticket.number, ticket.sent_ms
        if kind == "silence":
            self.throttle.account.pause.begin(steady_ms + 50)
        elif self.under_way:
            ticket = self.under_way.pop(0)
            if kind == "answer":
                headers = {counter_header(limit.kind, limit.window_ms): str(count) for limit in LIMITS}
                self.throttle.settle(ticket, headers, steady_ms)
            else:
                self.throttle.give_back(ticket, steady_ms, answered=False)
        return None

    def windows(self) -> list[object]:
        names = [name for name in LimitWindow.__slots__ if name not in ("_cell", "_shared")]
        rows = (window for pool in (self.throttle.address, self.throttle.account) for window, _ in pool.windows)
        return [[getattr(window, name) for name in names] for window in rows]


@settings(max_examples=300)
@given(STEPS, st.sampled_from((Decimal(1), Decimal("0.5"))))
def test_both_twins_book_the_same(steps: list[tuple[str, int, Cost, Priority, int]], share: Decimal) -> None:
    desks = Desk(compiled, share), Desk(plain, share)
    now_ms, steady_ms = 1_700_000_000_000, 5_000
    for kind, later_ms, cost, priority, count in steps:
        now_ms, steady_ms = now_ms + later_ms, steady_ms + later_ms
        one, other = (desk.step(kind, cost, priority, count, now_ms, steady_ms) for desk in desks)
        assert one == other
        assert desks[0].told == desks[1].told
        if kind == "ask" and one is not None:
            assert desks[0].windows() == desks[1].windows()


@pytest.mark.parametrize("twin", [compiled, plain])
def test_what_others_of_the_machine_use_keeps_a_request_back(twin: object, tmp_path: Path) -> None:
    ask = twin.ticket_at_once  # type: ignore[attr-defined]
    ours, others = SharedCounts(tmp_path), SharedCounts(tmp_path)
    pools = [(address_pool(Decimal(1), shared), account_pool(Decimal(1), shared)) for shared in (ours, others)]
    mine, theirs = (Throttle(LIMITS, address=address, account=account) for address, account in pools)
    for throttle in (mine, theirs):
        throttle.set_limits(LIMITS)
    now_ms, steady_ms = 1_700_000_000_000, 5_000
    for number in range(5):
        assert ask(theirs, COSTS[0], Priority.NORMAL, now_ms, steady_ms + number) is not None
    left = sum(ask(mine, COSTS[0], Priority.NORMAL, now_ms, steady_ms + 2_000) is not None for _ in range(12))
    assert left == 6, "11 of 12 are for new orders, and 5 are used"
    ours.close()
    others.close()
