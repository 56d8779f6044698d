"""What faults do to accounts: fills at a moment of choice, and more trades and income at one time than a page holds."""

from collections.abc import Callable, Iterator

from connector.simulator.accounts.accounts import Account
from connector.simulator.engine import Engine
from connector.simulator.fault_injection.faults import Armed, Effect
from connector.simulator.market.orders import Order


class AccountFaults:
    """`by_name` is what each fault does; the house is spared."""

    def __init__(self, engine: Engine, now_ms: Callable[[], int]) -> None:
        self._engine, self._now_ms = engine, now_ms
        self.by_name: dict[str, Effect] = {
            "burst_of_trades": self._burst_of_trades,
            "burst_of_income": self._burst_of_income,
        }

    def fill_oldest(self, account: Account, symbol: str) -> None:
        """Fills an account's oldest resting order of `symbol`, of any when empty, at its price; none is no error."""
        self._fill(account, symbol, 1, self._now_ms())

    def _fill(self, account: Account, symbol: str, trades: int, now_ms: int) -> int:
        """How many orders were filled: one, or none where none rests."""
        order = _oldest(account, symbol)
        if order is None:
            return 0
        self._engine.fill_order(account.account_id, order.symbol, order.order_id, trades, now_ms)
        return 1

    def _burst_of_trades(self, fault: Armed) -> int:
        now_ms, struck = self._now_ms(), 0
        for account in self._owners():
            symbols = [fault.symbol] if fault.symbol else list(self._engine.listings)
            for symbol in symbols:
                struck += self._fill(account, symbol, fault.count, now_ms)
        return struck

    def _burst_of_income(self, fault: Armed) -> int:
        """Transfers of the least amount there is."""
        now_ms, owners = self._now_ms(), list(self._owners())
        for account in owners:
            for _ in range(fault.count):
                self._engine.transfer(account.account_id, 1, now_ms)
        return len(owners)

    def _owners(self) -> Iterator[Account]:
        return (account for account in list(self._engine.accounts.values()) if not account.is_house)


def _oldest(account: Account, symbol: str) -> Order | None:
    """The oldest order that rests, None where none does."""
    open_orders = account.open_orders.values() if not symbol else [account.open_orders.get(symbol, {})]
    resting = (order for orders in open_orders for order in orders.values() if order.rests)
    return min(resting, key=lambda order: order.created_ms, default=None)
