"""The signals that steer the gate of openings."""

import asyncio
import os
import signal

from connector.bot.session.openings_signals import OpeningsHolders
from connector.core.clock import ManualClock
from connector.exchange.bus import Bus
from connector.exchange.orders.openings import Openings
from tests.companions.local_trading import until


async def test_one_shuts_the_other_opens_and_a_new_gate_takes_over_what_was_said() -> None:
    signals, clock = OpeningsHolders(), ManualClock()
    first, second = (Openings(Bus(), clock) for _ in range(2))
    with signals.listening(asyncio.get_running_loop()):
        signals.steer(first)
        os.kill(os.getpid(), signal.SIGUSR1)
        await until(lambda: first.shut_by == ("the signal SIGUSR1",), "shut")
        signals.steer(second)
        assert not second.is_open
        os.kill(os.getpid(), signal.SIGUSR2)
        await until(lambda: second.is_open, "opened")
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
