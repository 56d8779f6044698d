"""The start of a connector: what is read before anything is listened to, and the works that then run."""

import asyncio
from collections.abc import Iterator

from connector.core.faults import UnavailableFault
from connector.core.reports import MultiAssetsReport, PositionModeReport
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.network import trading_pairs, upkeep
from connector.exchange.network.components import Components
from connector.exchange.network.earlier_orders import settle_earlier_orders
from connector.exchange.network.restart_table import RestartTable
from connector.exchange.network.tasks import Work

#: An exchange that asks for silence meanwhile, or whose limits are spent, is tried again by whoever started us.
START_WITHIN_S = 30.0


async def read_start(components: Components, within_s: float = START_WITHIN_S) -> RestartTable | None:
    """Reads clock, rules and account, gate by gate, and deals with what earlier lives left. Nothing else is changed
    at the exchange. Returns what was found; None without a journal. Raises `ConnectorFault`, also when the time is
    up: a start has an end and a reason."""
    try:
        async with asyncio.timeout(within_s):
            return await _read_gate_by_gate(components)
    except TimeoutError as late:
        waiting = components.gates.waiting()
        raise UnavailableFault(f"the exchange did not let the start end within {within_s:g} s: {waiting}") from late


async def _read_gate_by_gate(components: Components) -> RestartTable | None:
    status, gateway = components.gates, components.gateway
    # 1. The clock: without it nothing can be signed.
    await gateway.measure_clock()
    # 2. What is listed, and the limits in force.
    instruments = await components.api.instruments()
    components.pair_rules.take(instruments)
    components.rule_keeper.begin()
    components.rule_keeper.on_list = components.limits.take
    await components.limits.take(instruments)
    status.hold(gates.SYMBOLS)
    status.hold(gates.TRADING_RULES)
    # 3. Whether the account can trade as this connector needs it.
    config = await components.api.config()
    preflight.check_account(config)
    components.dispatcher.dispatch(PositionModeReport(config.position_mode))
    components.dispatcher.dispatch(MultiAssetsReport(config.is_multi_assets))
    status.hold(gates.POSITION_MODE)
    # 4. What each pair needs.
    await trading_pairs.take_up(components)
    components.factor_watch.look()
    status.hold(gates.LEVERAGE)
    # 5. Where the account stands: what is paid from here on, or from where an earlier life ended, is ours to tell.
    known_ms = components.journaling.earlier.funding_read_ms
    since_ms = gateway.venue_ms() if known_ms is None else known_ms
    await components.reconciler.while_away.begin()
    components.account_watch.insurance.begin(components.reconciler.while_away.insurance_ms)
    components.funding_history.begin(since_ms)
    await components.reconciler.compare_account(withholds=False)
    # 6. What earlier lives left there, before anything is added to it.
    table = await settle_earlier_orders(components) if components.journaling.is_kept else None
    status.hold(gates.ACCOUNT_BALANCE)
    # 7. The exchange's own timer, where it is wanted: whose orders it would take along.
    await components.switch.check()
    return table


def works(components: Components) -> Iterator[Work]:
    """Everything that runs while the connector is started."""
    streams = components.streams
    for part in (
        streams.books,
        streams.mark_trades,
        components.funding_terms,
        components.funding_history,
        components.asset_prices,
        components.user,
        components.reconciler,
        components.remedies,
        components.account_watch,
        streams.quiet_books,
        streams.quiet_trades,
        components.liveness,
        components.limits,
        components.order_way,
        components.openings_file,
        components.risk,
        components.key_watch,
        components.factor_watch,
        components.switch,
        components.rule_keeper,
        components.contract_info,
    ):
        yield part.run()
    yield upkeep.keep_clock(components.gateway, components.clock)
    yield trading_pairs.read_the_rest(components)
    yield trading_pairs.keep_fees(components)
