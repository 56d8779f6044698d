"""Scenes in which margin runs short: a trader, a counterparty, a book to sell into."""

from decimal import Decimal

from connector.simulator.accounts.events import MarginCalled, OrderChanged
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import BTC, Desk, Trader


class RiskDesk(Desk):
    """A desk whose insurance fund holds `insurance` USDT, and a maker with deep pockets."""

    def __init__(self, insurance: int = 1_000_000) -> None:
        super().__init__()
        self.engine = Engine(self.now_ms, (BTCUSDT, ETHUSDT), insurance_e8=insurance * E8)
        self.maker = self.trader("100000000")

    def long(self, deposit: str, quantity: str, *, isolated: bool = False, leverage: int = 20) -> Trader:
        return self.holder(BUY, deposit, quantity, isolated=isolated, leverage=leverage)

    def holder(self, side: int, deposit: str, quantity: str, *, isolated: bool = False, leverage: int = 20) -> Trader:
        """A trader who holds that much at 60,000, bought from (or sold to) the maker."""
        trader = self.trader(deposit)
        if isolated:
            self.isolate(trader)
        self.engine.set_leverage(trader.id, BTC, leverage, self.now_ms)
        self.maker.limit(-side, quantity, "60000")
        trader.market(side, quantity)
        self.mark("60000")
        self.engine.drain()
        return trader

    def isolate(self, trader: Trader, symbol: str = BTC) -> None:
        self.engine.account_settings.set_isolated(trader.account, self.engine.listing(symbol), True, self.now_ms)

    def falls_to(self, price: str, bid: str | None = None, quantity: str = "100") -> None:
        """The mark price moves; the maker bids a little below it, or at `bid`."""
        self.mark(price)
        self.maker.limit(BUY, quantity, bid or str(Decimal(price) - 10))

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.now_ms += 50
            self.engine.advance(self.now_ms)

    def forced_events(self, trader: Trader) -> list[tuple[str, str, str]]:
        """Client id's beginning, execution type and status of the order events."""
        return [
            (event.order.client_order_id.split("-")[0], event.execution_type, event.status)
            for event in self.events(trader)
            if isinstance(event, OrderChanged)
        ]

    def calls(self, trader: Trader) -> list[MarginCalled]:
        return [event for event in self.events(trader) if isinstance(event, MarginCalled)]

    def fund_usdt(self) -> Decimal:
        return Decimal(self.engine.risk_monitor.fund.equity_e8("USDT")).scaleb(-8)


def e8(amount: str) -> int:
    return to_e8(Decimal(amount))


__all__ = ["BTC", "BUY", "SELL", "RiskDesk", "e8"]
