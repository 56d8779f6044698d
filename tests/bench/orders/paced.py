"""One run of one process: `python -m tests.bench.orders.paced` prints what `buy()` costs to bytes at the socket of the
WS-API, by the twins in use, beside a bare send of the same bytes: as (median, slowest in a hundred) in microseconds.

Rule check, budget, tracker, throttle and log are in it. Each order is answered, and over, before the next one.
"""

import argparse
import asyncio
import json
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from picows import WSListener, WSMsgType, ws_connect

from connector.core.enums import OrderType, OrderWay, PositionMode, TradeType
from connector.core.intents import OrderIntent
from connector.core.reports import LeverageReport, PositionModeReport
from connector.exchange.derivative import PerpetualDerivative
from connector.store.durability import Durability
from connector.venue.domains import Domain
from tests.bench.orders.buyer import PRICE, Buyer
from tests.bench.orders.rig import canned_venue, journal_in, stamped
from tests.companions.account.scenes import balance, snapshot
from tests.companions.orders.quiet_connector import PAIR, SYMBOL, trading
from tests.companions.sample_rules import BTC_RULE

#: How many are timed at each pace, by what is slept before each (ms).
SAMPLES = {0: 500, 2: 250, 20: 60}
_WARM_UP = 100
#: What was sent, and when the system had taken it.
Figure = tuple[float, float]


def measure(
    domain: Domain, folder: Path, durability: Durability, opened: int, samples: dict[int, int]
) -> dict[str, dict[int, Figure]]:
    """Of `buy` and `send`, by pace."""
    return asyncio.run(_measured(domain, folder, durability, opened, samples))


async def _measured(
    domain: Domain, folder: Path, durability: Durability, opened: int, samples: dict[int, int]
) -> dict[str, dict[int, Figure]]:
    told: dict[str, dict[int, Figure]] = {"buy": {}, "send": {}}
    bare, _ = await ws_connect(WSListener, domain.ws_api)
    async with trading(domain, journal_in(folder, durability), OrderWay.WS_API, check_budget=True) as connector:
        _open(connector, opened)
        buyer = Buyer(connector)
        with stamped() as written:
            for pace_ms, count in samples.items():
                bought, sent = list[int](), list[int]()
                for _ in range(_WARM_UP + count):
                    written.clear()
                    await asyncio.sleep(pace_ms / 1000)
                    began_ns = time.perf_counter_ns()
                    name = await buyer.buy()
                    # A connection that is made anew asks for the time.
                    ((message, at_ns),) = (row for row in written if b'"order.place"' in row[0])
                    bought.append(at_ns - began_ns)
                    buyer.end(name)
                    await _settled()
                    await asyncio.sleep(pace_ms / 1000)
                    began_ns = time.perf_counter_ns()
                    bare.send(WSMsgType.TEXT, message)
                    sent.append(time.perf_counter_ns() - began_ns)
                    await _settled()
                told["buy"][pace_ms], told["send"][pace_ms] = _figure(bought[_WARM_UP:]), _figure(sent[_WARM_UP:])
        sockets = connector.components.gateway.order_sockets
        if sockets is None or sockets.fallbacks or len(connector.in_flight_orders) != opened:
            raise RuntimeError("orders went another way: the figure means nothing")
    bare.disconnect(graceful=False)
    return told


def _open(connector: PerpetualDerivative, opened: int) -> None:
    """A wallet that bears them, and so many orders that rest."""
    parts = connector.components
    parts.pair_rules.put(replace(BTC_RULE, max_orders=10_000))
    parts.dispatcher.dispatch(snapshot(1, (balance("10000000"),)))
    parts.dispatcher.dispatch(LeverageReport(SYMBOL, 20))
    parts.dispatcher.dispatch(PositionModeReport(PositionMode.ONEWAY))
    for number in range(opened):
        price = PRICE - Decimal(number + 1)
        intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, Decimal("0.01"), price)
        parts.tracker.open_order(intent, f"desk1-{number}", leverage=20, now_ms=1)


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _figure(took_ns: list[int]) -> Figure:
    ordered = sorted(took_ns)
    return ordered[len(ordered) // 2] / 1000, ordered[len(ordered) * 99 // 100] / 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--open", type=int, default=100)
    parser.add_argument("--log", type=Durability, default=Durability.GROUP)
    parser.add_argument("--paces", type=int, nargs="+", default=list(SAMPLES))
    asked = parser.parse_args()
    samples = {pace_ms: SAMPLES[pace_ms] for pace_ms in asked.paces}
    with canned_venue() as domain, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(domain, Path(folder), asked.log, asked.open, samples)))


if __name__ == "__main__":
    main()
