"""What a page remembers of a run that trades two pairs."""

from connector.bot.page.trail import Trail
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, until
from tests.companions.virtual_time import loop_clock


async def trail_of_two_pairs(connector: PerpetualDerivative) -> tuple[Trail, StatusSource]:
    """Once the books of both are there, from here on."""
    await connector.add_trading_pair("ETH-USDT")
    await until(lambda: connector.ready, "both books are there")
    beside = {"ETH-USDT": Accounting("ETH-USDT", "USDT")}
    trail, epoch = Trail(loop_clock()), StatusSource(connector, Accounting(PAIR, "USDT"), PAIR, beside=beside)
    trail.watch(epoch)
    return trail, epoch
