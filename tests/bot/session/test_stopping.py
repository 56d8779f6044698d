"""A stop has an end, whatever the exchange does, and says what it leaves."""

import asyncio
import io
import time

import pytest
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.session import local_exchange
from connector.bot.session.session import Session, Unverified
from connector.bot.session.stopping import STOP_WITHIN_S, OpenOrders, named
from connector.config.loader import load_settings
from connector.core.faults import ConnectorFault
from connector.simulator.market.orders import BUY, MARKET, OrderRequest
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import SYMBOL, D, Trader, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
#: What a stop may take; the run as a whole has 25 s.
WITHIN_MS = round(STOP_WITHIN_S * 1000) + 1_000


class Desk:
    """A session that quotes, and its screen."""

    def __init__(self, session: Session, venue: LocalExchange, text: io.StringIO) -> None:
        self.session, self.venue, self.text = session, venue, text
        self.hurry = asyncio.Event()

    def open_orders(self) -> int:
        """What the exchange itself has open of the account."""
        account = self.venue.engine.accounts[self.venue.account_id]
        return sum(map(len, account.open_orders.values()))

    async def stopped(self) -> tuple[Unverified | None, int]:
        """Stops; what could not be verified, and how long it took."""
        began_ms = loop_clock().monotonic_ms()
        trouble = None
        try:
            await self.session.stop(self.hurry)
        except Unverified as fault:
            trouble = fault
        finally:
            await self.session.close()
        return trouble, loop_clock().monotonic_ms() - began_ms


async def quoting(venue: LocalExchange) -> Desk:
    attached = local_exchange.attached(venue.rest)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"order_levels": "3"})
    text = io.StringIO()
    screen = Screen(Console(file=text, width=400), loop_clock())
    session = Session(attached, await attached.epoch(), alone(settings), Accounting, screen, loop_clock())
    desk = Desk(session, venue, text)
    assert await session.start(asyncio.Event()) is None
    stop = asyncio.Event()
    quotes = asyncio.create_task(session.quote(stop))
    await until(lambda: desk.open_orders() == 6, "it quotes")
    stop.set()
    await quotes
    return desk


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "service_unavailable", "times": 1, "method": "DELETE", "path": "*"},
        {"name": "service_unavailable", "times": 30, "method": "DELETE", "path": "*"},
        {"name": "unknown_not_placed", "times": 8, "method": "DELETE", "path": "*"},
        {"name": "service_unavailable", "times": 5, "method": "GET", "path": "/fapi/v1/time"},
        {"name": "service_unavailable", "times": 5, "method": "GET", "path": "/fapi/v1/openOrders"},
    ],
    ids=lambda fault: f"{fault['name']} {fault['method']} x {fault['times']}",
)  # fmt: skip
async def test_each_own_order_is_tried_until_it_is_gone(
    venue: LocalExchange, trader: Trader, fault: dict[str, object]
) -> None:
    desk = await quoting(venue)
    venue.faults.arm(**fault)  # type: ignore[arg-type]
    trouble, took_ms = await desk.stopped()
    assert trouble is None
    assert desk.open_orders() == 0
    assert took_ms <= WITHIN_MS


async def test_orders_that_cant_be_cancelled_are_named_when_the_time_is_up(
    venue: LocalExchange, trader: Trader
) -> None:
    desk = await quoting(venue)
    venue.faults.arm("unknown_not_placed", times=10_000, method="DELETE", path="*")
    trouble, took_ms = await desk.stopped()
    assert trouble is not None
    assert "still open at the exchange: 6 orders" in str(trouble)
    assert str(trouble).count("b") >= 6, "each by its id"
    assert took_ms <= WITHIN_MS


async def test_an_exchange_that_wants_silence_for_long_gets_it_and_the_orders_are_named(
    venue: LocalExchange, trader: Trader
) -> None:
    desk = await quoting(venue)
    venue.faults.arm("banned", times=1, ms=300_000)
    with pytest.raises(ConnectorFault):
        await desk.session._connector.venue_api.config()
    trouble, took_ms = await desk.stopped()
    assert trouble is not None
    assert "the exchange wants silence until " in str(trouble)
    assert "6 orders may still be open there: b" in str(trouble)
    assert "nothing can be cancelled in time" in desk.text.getvalue()
    assert took_ms <= 1_000
    assert desk.open_orders() == 6


async def test_a_short_silence_is_waited_out(venue: LocalExchange, trader: Trader) -> None:
    desk = await quoting(venue)
    venue.faults.arm("rate_limited", times=1, ms=8_000)
    with pytest.raises(ConnectorFault):
        await desk.session._connector.venue_api.config()
    trouble, took_ms = await desk.stopped()
    assert trouble is None
    assert desk.open_orders() == 0
    assert "the stop waits for its end" in desk.text.getvalue()
    assert 7_000 < took_ms <= WITHIN_MS


async def test_a_silence_that_begins_while_the_orders_are_cancelled_ends_the_stop(
    venue: LocalExchange, trader: Trader
) -> None:
    desk = await quoting(venue)
    venue.faults.arm("banned", times=1, ms=300_000, method="DELETE")
    trouble, took_ms = await desk.stopped()
    assert trouble is not None
    assert "the exchange wants silence until " in str(trouble)
    assert took_ms <= 2_000


async def test_being_told_again_ends_the_waiting(venue: LocalExchange, trader: Trader) -> None:
    desk = await quoting(venue)
    venue.faults.arm("unknown_not_placed", times=10_000, method="DELETE", path="*")
    asyncio.get_running_loop().call_later(2.0, desk.hurry.set)
    trouble, took_ms = await desk.stopped()
    assert trouble is not None
    assert "6 orders may still be open there" in str(trouble)
    assert 2_000 <= took_ms <= 2_500


async def test_an_exchange_that_answers_nothing_ends_the_stop_too(venue: LocalExchange, trader: Trader) -> None:
    desk = await quoting(venue)
    venue.faults.arm("half_open", ms=10_000_000)
    venue.faults.arm("slow_answer", times=10_000, ms=600_000)
    began_s = time.monotonic()
    trouble, took_ms = await desk.stopped()
    assert trouble is not None
    assert "the exchange does not answer: 6 orders may still be open there: b" in str(trouble)
    assert took_ms <= WITHIN_MS
    assert time.monotonic() - began_s < 25


def test_many_orders_are_named_in_part_and_none_is_said_to_be_unknown() -> None:
    names = tuple(f"b{number}" for number in range(25))
    assert named(names).endswith("b19 and 5 more")
    assert named(names[:2]) == "b0, b1"
    assert OpenOrders((), "").text() == "the exchange does not answer: what is open there is not known"


@pytest.mark.parametrize("fault", ["half_open", "ws_api_down"])
async def test_a_ws_api_that_is_dead_holds_up_no_stop(venue: LocalExchange, trader: Trader, fault: str) -> None:
    desk = await quoting(venue)
    venue.faults.arm(fault, ms=120_000)
    trouble, took_ms = await desk.stopped()
    assert trouble is None
    assert desk.open_orders() == 0
    assert took_ms <= WITHIN_MS
    assert not [task for task in asyncio.all_tasks() if "WsConnection" in str(task.get_coro())], "none is left"


async def test_the_screen_says_when_orders_go_by_another_way_and_when_no_longer(
    venue: LocalExchange, trader: Trader
) -> None:
    desk = await quoting(venue)
    venue.faults.arm("ws_api_down", ms=8_000)
    await asyncio.sleep(30)
    told = [line.partition(" ")[2] for line in desk.text.getvalue().splitlines() if " orders go " in line]
    assert len(told) == 2
    assert told[0].startswith("orders go by REST until the WS-API is up (WS-API for orders: ")
    assert told[1] == "orders go over the WS-API again"
    await desk.stopped()


async def test_orders_that_cant_be_cancelled_leave_the_close_its_own_time(venue: LocalExchange, trader: Trader) -> None:
    desk = await quoting(venue)
    desk.session.position_end.closes = True
    held = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), D(0))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, held, now_ms))
    account = venue.engine.accounts[venue.account_id]
    await until(lambda: bool(desk.session._connector.account_positions), "held")
    venue.faults.arm("unknown_not_placed", times=10_000, method="DELETE", path="*")
    venue.faults.arm("reset_before_execution", times=10_000, method="GET", path="/fapi/v1/openOrders")
    venue.faults.arm("service_unavailable", times=2, method="POST", path="/fapi/v1/order")
    _, took_ms = await desk.stopped()
    assert list(account.held()) == []
    assert desk.session.position_end.left == ""
    assert took_ms <= WITHIN_MS
