"""The start of a connector: what is read before anything is listened to, and the works that then run."""

from collections.abc import Iterator

from connector.core.reports import PositionModeReport
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.network import trading_pairs, upkeep
from connector.exchange.network.components import Components
from connector.exchange.network.tasks import Work


async def read_start(components: Components) -> None:
    """Reads clock, rules and account, gate by gate. Nothing is changed at the exchange. Raises `ConnectorFault`."""
    status, gateway = components.gates, components.gateway
    # 1. The clock: without it nothing can be signed.
    await gateway.measure_clock()
    # 2. What is listed, and the limits in force.
    instruments = await components.api.instruments()
    components.pair_rules.take(instruments)
    gateway.throttle.set_limits(instruments.rate_limits)
    status.hold(gates.SYMBOLS)
    status.hold(gates.TRADING_RULES)
    # 3. Whether the account can trade as this connector needs it.
    config = await components.api.config()
    preflight.check_account(config)
    components.dispatcher.dispatch(PositionModeReport(config.position_mode))
    status.hold(gates.POSITION_MODE)
    # 4. What each pair needs.
    await trading_pairs.take_up(components)
    status.hold(gates.LEVERAGE)
    # 5. Where the account stands: what is paid from here on is ours to tell.
    components.reconciler.read_funding_from(gateway.venue_ms())
    await components.reconciler.compare_account()
    status.hold(gates.ACCOUNT_BALANCE)


def works(components: Components) -> Iterator[Work]:
    """Everything that runs while the connector is started."""
    streams = components.streams
    for part in (
        streams.books,
        streams.mark_trades,
        components.funding_terms,
        components.user,
        components.reconciler,
        streams.quiet_books,
        streams.quiet_trades,
        components.liveness,
    ):
        yield part.run()
    yield upkeep.keep_clock(components.gateway)
    yield upkeep.keep_rules(components.pair_rules, components.api)
    yield trading_pairs.read_the_rest(components)
