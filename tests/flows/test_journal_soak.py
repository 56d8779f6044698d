"""200,000 orders placed, filled and cancelled with journal and history: memory stays, files stay bounded."""

import sys
from pathlib import Path

import pytest

from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.order_traffic import OrderTraffic
from connector.account.position_drift import PositionDrift
from connector.core.clock import ManualClock
from connector.core.reports import OrderStatus
from connector.exchange.bus import Bus
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.orders.journal_replay import EarlierLives
from connector.store.file_journal import FileJournal
from connector.store.history import History, opened
from connector.store.indexer import Indexer, ThreadIndexing
from connector.store.write_ahead_log import SEGMENT_BYTES
from tests.companions.orders.scenes import PAIR, SYMBOL, fill, report, tracked, tracker

ORDERS = 200_000


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_hundred_thousand_orders_leave_memory_flat_and_the_log_bounded(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "log", "desk1")
    desk, clock = tracker(), ManualClock(1_800_000_000_000)
    journaling = OrderJournaling(journal, desk, EarlierLives())
    names = LedgerNames("local", {SYMBOL: PAIR}.get)
    ledger, traffic = Ledger(names, FundingPayments(), PositionDrift()), OrderTraffic({SYMBOL: PAIR}.get)
    dispatcher = ReportDispatcher(desk, ledger, Bus(), clock, journaling, traffic)
    journal.begin(clock.now_ms())
    database = tmp_path / "history.sqlite"
    history = ThreadIndexing(Indexer(History(opened(f"sqlite:///{database}"), journal.folder, "soak"), journal.log))
    resident: list[float] = []
    for number in range(1, ORDERS + 1):
        clock.advance(50)
        known = {"client_order_id": f"desk-{number}", "exchange_order_id": str(number)}
        journaling.intended(tracked(desk, f"desk-{number}"))
        dispatcher.dispatch(report(OrderStatus.NEW, **known))
        if number % 2:
            dispatcher.dispatch(report(OrderStatus.FILLED, fill(str(number), "3"), executed="3", **known))
        else:
            dispatcher.dispatch(report(OrderStatus.CANCELED, executed="0", **known))
        if number in (ORDERS // 2, ORDERS):
            resident.append(resident_mb())
    logs = [path.stat().st_size for path in journal.folder.glob("*.log")]
    assert journal.end(clock.now_ms()) == ""
    history.stop()
    figures = (*resident, sum(logs) / 1e6, database.stat().st_size / 1e6)
    sys.stdout.write("resident {:.1f} then {:.1f} MB, log {:.1f} MB, database {:.1f} MB\n".format(*figures))
    assert resident[1] <= resident[0] * 1.02
    assert sum(logs) < 3 * SEGMENT_BYTES
