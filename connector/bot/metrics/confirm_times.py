"""How long orders take from being placed here to the first word that the exchange has them."""

from prometheus_client import CollectorRegistry, Histogram

from connector.bot.metrics.families import PREFIX
from connector.bot.report.status_source import StatusSource
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, OrderCreatedEvent

#: In seconds; the clock tells whole milliseconds.
_BOUNDS = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class ConfirmTimes:
    """Hears of orders that the exchange has, once all others have heard: nothing waits for it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._times = Histogram(
            f"{PREFIX}order_confirm_seconds",
            "From an order's placing to the first word that the exchange has it.",
            buckets=_BOUNDS,
            registry=registry,
        )

    def watch(self, epoch: StatusSource) -> None:
        """From now on, of this epoch."""
        clock, times = epoch.connector.components.clock, self._times

        def hear(event: Event) -> None:
            if isinstance(event, OrderCreatedEvent):
                times.observe(max(0.0, clock.now_ms() / 1000 - event.creation_timestamp))

        for tag in (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated):
            epoch.connector.components.bus.add_watcher(tag, hear)
