"""A connector that is ready to trade and hears no stream: what it does for an order, and nothing beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from connector.config.connector_settings import ConnectorSettings
from connector.core.clock import Clock
from connector.core.enums import OrderWay
from connector.core.secrets import Secret
from connector.exchange import gates
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.net.limits.throttle import Throttle
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.store.file_journal import FileJournal
from connector.venue.domains import Domain
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from connector.wire.instruments import Instruments
from tests.companions.sample_rules import BTC_RULE

PAIR, SYMBOL, TAG = BTC_RULE.trading_pair, BTC_RULE.symbol, "desk1"
KEY, SECRET = "the-key", "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
#: Kept, but never reached.
WIDE_LIMITS = (
    RateLimit(REQUEST_WEIGHT, 60_000, 10**8),
    RateLimit(ORDERS, 10_000, 10**8),
    RateLimit(ORDERS, 60_000, 10**8),
)
_MARK = (
    b'{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1700000000000,"s":"BTCUSDT","p":"60000.0",'
    b'"ap":"60000.0","i":"60000.0","P":"60000.0","r":"0.00010000","T":1700006400000}}'
)


@asynccontextmanager
async def trading(
    domain: Domain,
    journal: FileJournal | None = None,
    way: OrderWay = OrderWay.REST,
    *,
    check_budget: bool = False,
    clock: Clock | None = None,
    before: Callable[[PerpetualDerivative], None] | None = None,
    **settings: object,
) -> AsyncIterator[PerpetualDerivative]:
    """A connector that may send orders, its journal begun; it is told rules and mark price, and asks nobody, of its
    balance neither, unless it is to `check_budget`: orders go whatever they take. Over the WS-API it is connected.
    `before` is called before it connects. `settings`: its own, beside these."""
    clock = clock or SystemClock()
    instance = Instance(TAG) if journal is None else Instance(TAG, journal, journal.take_earlier())
    signer = HmacSigner(Secret(KEY), Secret(SECRET))
    own = ConnectorSettings.model_validate({"order_entry": way.value, "check_budget": check_budget, **settings})
    connector = assemble(domain, signer, (PAIR,), instance, clock, Throttle(WIDE_LIMITS), own)
    parts = connector.components
    parts.pair_rules.take(Instruments({PAIR: BTC_RULE}, {SYMBOL: PAIR}, ()))
    parts.feed.add(SYMBOL, PAIR)
    parts.feed.on_frame(_MARK, clock.monotonic_ms())
    for gate in gates.WAITS_FOR:
        parts.gates.hold(gate)
    if journal is not None:
        journal.begin(clock.now_ms())
    if before is not None:
        before(connector)
    sockets = parts.gateway.order_sockets
    await parts.tasks.start((_for_ever(),) if sockets is None else (sockets.run(),))
    while sockets is not None and not (sockets.orders.is_up and sockets.risk.is_up):
        await asyncio.sleep(0.01)
    try:
        yield connector
    finally:
        await connector.stop_network()
        if journal is not None:
            journal.end(clock.now_ms())


async def _for_ever() -> None:
    await asyncio.get_running_loop().create_future()
