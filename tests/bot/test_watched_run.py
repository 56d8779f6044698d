"""Who looks on at a run sees the epoch that runs, and none between two."""

from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR


async def test_an_epoch_is_shown_from_its_begin_to_its_end(connector: PerpetualDerivative) -> None:
    run, seen, over = WatchedRun(), list[StatusSource](), list[StatusSource]()
    run.watch(seen.append, over.append)
    assert run.epoch is None
    epoch = StatusSource(connector, Accounting(PAIR), PAIR)
    run.begin(epoch)
    assert (run.epoch, run.epochs, seen, over) == (epoch, 1, [epoch], [])
    run.end()
    run.end()
    assert (run.epoch, run.epochs, over) == (None, 1, [epoch])
