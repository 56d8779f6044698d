"""Words by which a trader of the tests places conditional orders."""

from decimal import Decimal

from connector.simulator.accounts.algo_orders import AlgoOrder, AlgoRequest
from connector.simulator.accounts.events import AlgoChanged, OrderChanged
from tests.companions.simulator.traders import BTC, Desk, Trader


def conditional(
    side: int, kind: str, quantity: str | None = None, trigger: str | None = None, **terms: object
) -> AlgoRequest:
    numbers = {"price", "activate_price", "callback_rate"}
    given = {name: Decimal(str(value)) if name in numbers else value for name, value in terms.items()}
    return AlgoRequest(
        BTC,
        side,
        kind,
        None if quantity is None else Decimal(quantity),
        trigger_price=None if trigger is None else Decimal(trigger),
        **given,  # type: ignore[arg-type]
    )


def wait(
    trader: Trader, side: int, kind: str, quantity: str | None = None, trigger: str | None = None, **terms: object
) -> AlgoOrder:
    """Places a conditional order."""
    return trader.desk.engine.place_algo(
        trader.id, conditional(side, kind, quantity, trigger, **terms), trader.desk.now_ms
    )


def print_at(desk: Desk, price: str) -> None:
    """Two strangers trade at a price."""
    seller, buyer = desk.trader(), desk.trader()
    rest = seller.limit(-1, "0.01", price)
    buyer.limit(1, "0.01", price, "IOC")
    if rest.is_open:
        seller.cancel(rest)


def move_mark(desk: Desk, price: str) -> None:
    desk.mark(price)
    desk.engine.move_prices({}, desk.now_ms)


def story(desk: Desk, trader: Trader) -> list[str]:
    """What happened to conditional orders and their children, in order."""
    steps = []
    for change in desk.events(trader):
        if isinstance(change, AlgoChanged):
            steps.append(f"algo {change.status}")
        elif isinstance(change, OrderChanged):
            steps.append(f"order {change.execution_type} {change.status}")
    return steps
