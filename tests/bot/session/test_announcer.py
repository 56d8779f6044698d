"""What is told on the screen as it comes."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.session.announcer import Announcer
from connector.bot.session.local_exchange import attached
from connector.core.enums import OrderType, OrderWay
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.limit_watch import clock_text
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, Trader, connect, ready, until

pytestmark = pytest.mark.virtual_time
D = Decimal


def announced(connector: PerpetualDerivative, venue: LocalExchange) -> tuple[Announcer, list[str]]:
    said: list[str] = []
    announcer = Announcer(connector, attached(venue.rest), said.append)
    announcer.listen()
    return announcer, said


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_refusals_that_pause_openings_are_told_once_with_their_reason(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    _, said = announced(connector, venue)
    for _ in range(20):
        connector.buy(PAIR, D("90"), OrderType.LIMIT, D(59_000))
        await asyncio.sleep(0.1)
    (line,) = said
    assert line.startswith("opening orders of the account are paused, a probe goes once a minute: POST /fapi/v1/order")
    assert "[-2019]" in line
    await asyncio.sleep(60)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await until(lambda: len(said) == 2, "they go again")
    assert said[1] == "opening orders of the account go again; 17 were kept back"


async def test_a_gate_that_is_shut_is_told_with_who_did_it(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    announcer, said = announced(connector, venue)
    connector.openings.shut("the desk")
    for _ in range(3):
        announcer.watch_openings()
    connector.openings.release("the desk")
    for _ in range(3):
        announcer.watch_openings()
    assert said == [
        "no new orders: the gate openings is shut by the desk; cancels and closes go on",
        "new orders go again",
    ]


async def test_a_wait_for_a_limit_is_told_with_its_end(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    _, said = announced(connector, venue)
    gateway = connector.components.gateway
    venue.faults.arm("weight_used_up", ms=120_000, left=400)
    await gateway.call(endpoints.BALANCE)
    now_ms = connector.venue_time_ms()
    end = clock_text(now_ms - now_ms % 60_000 + 60_000)
    asked = [asyncio.create_task(gateway.call(endpoints.BALANCE)) for _ in range(20)]
    await until(lambda: any("is used up" in line for line in said), "told")
    assert [line for line in said if "is used up" in line] == [
        f"the limit of request weight of this address is used up: on at {end}"
    ]
    venue.faults.arm("weight_used_up", times=0)
    await asyncio.gather(*asked)


async def test_silence_and_its_end_are_told(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    _, said = announced(connector, venue)
    venue.faults.arm("banned", ms=10_000, method="GET")
    await until(lambda: "the exchange takes requests again" in said, "the silence is over", within_s=60)
    assert "wants silence until" in said[0] and said[0].endswith("nothing is sent before")


async def test_a_refusal_that_the_list_explains_is_told_by_the_list_alone(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    announcer, said = announced(connector, venue)
    venue.faults.arm("silent_stream", ms=600_000, stream="!contractInfo")
    venue.faults.arm("trading_halt", symbol="BTCUSDT")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await until(lambda: bool(said), "told")
    await asyncio.sleep(10)
    announcer.watch_refusals()
    assert said == ["BTC-USDT does not trade (TRADING_HALT): no orders until it does"]
    venue.faults.arm("trading_halt", times=0)
    await until(lambda: len(said) > 1, "its end is told", within_s=62)
    assert said[1:] == ["BTC-USDT trades again"]
    assert connector.paused_openings == {}


async def test_a_refusal_that_the_list_does_not_explain_is_told_by_itself(venue: LocalExchange, trader: Trader) -> None:
    connector = connect(venue, way=OrderWay.REST)
    await ready(connector)
    announcer, said = announced(connector, venue)
    venue.faults.arm("altered_answer", method="POST", path="/fapi/v1/order", field="code", value="-4140")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(61_000))
    await until(lambda: connector.refusals == {-4140: 1}, "refused")
    announcer.watch_refusals()
    assert said == []
    await asyncio.sleep(6)
    for _ in range(3):
        announcer.watch_refusals()
    (line,) = said
    assert line.startswith("opening orders of BTC-USDT are paused") and "[-4140]" in line
    await connector.stop_network()
