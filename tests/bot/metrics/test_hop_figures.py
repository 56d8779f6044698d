"""How long the bot takes with its decisions, as it is told: seen of a strategy that follows the touch."""

from connector.bot.metrics.hop_figures import hop_figures
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.plain.hop_times import BOUNDS_NS
from connector.simulator.server import LocalExchange
from tests.companions.exchange.quoting import both_rest, quoting
from tests.companions.local_trading import PAIR, Trader, connect, ready, until
from tests.companions.scrapes import Samples, taken, value


def told(connector: PerpetualDerivative) -> Samples:
    return taken(hop_figures(StatusSource(connector, Accounting(PAIR), PAIR)))


async def test_nothing_is_told_where_nobody_asked_for_the_times(connector: PerpetualDerivative) -> None:
    assert told(connector) == {}


async def test_a_touch_that_moved_is_timed_from_its_frame_to_the_bytes_that_answer_it(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    connector.time_hops()
    await ready(connector)
    with quoting(connector, replace_on_touch="modify", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        before = told(connector)
        # Both quotes were asked for in one turn; a look that no frame led to may have been the one.
        assert value(before, "decision_to_socket_seconds_count") == 2
        frames, asked = (value(before, f"{hop}_seconds_count") for hop in ("frame_to_decision", "decision_to_socket"))
        trader.quote(+1, "59995", "1")
        await until(lambda: value(told(connector), "frame_to_decision_seconds_count") > frames, "the touch is answered")
        await until(lambda: value(told(connector), "decision_to_socket_seconds_count") > asked, "a change has left")
    found = told(connector)
    for hop in ("frame_to_decision", "decision_to_socket"):
        ends = [*(repr(bound_ns / 1e9) for bound_ns in BOUNDS_NS), "+Inf"]
        reached = [value(found, f"{hop}_seconds_bucket", le=end) for end in ends]
        assert reached == sorted(reached)
        assert reached[-1] == value(found, f"{hop}_seconds_count") > 0
        assert 0 < value(found, f"{hop}_seconds_sum") < 1
    await connector.stop_network()
