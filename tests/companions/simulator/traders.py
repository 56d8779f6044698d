"""Traders at an engine without sockets, and the checks that every scene shares."""

from dataclasses import replace
from decimal import Decimal

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import AccountChanged, AccountEvent, OrderChanged
from connector.simulator.accounts.margin import Charge
from connector.simulator.accounts.records import IncomeRecord, TradeRecord
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, GTC, LIMIT, MARKET, SELL, Order, OrderRequest
from tests.companions.simulator.conservation import imbalances_e16

START_MS = 1_700_000_000_000
BTC = "BTCUSDT"


class Trader:
    """One account and the words by which it trades."""

    def __init__(self, desk: "Desk", account: Account) -> None:
        self.desk, self.account = desk, account
        self.id = account.account_id

    def limit(
        self,
        side: int,
        quantity: str,
        price: str,
        time_in_force: str = GTC,
        **terms: object,
    ) -> Order:
        return self.place(self.ask(side, quantity, price, time_in_force, **terms))

    def ask(self, side: int, quantity: str, price: str, time_in_force: str = GTC, **terms: object) -> OrderRequest:
        """The request of a limit order."""
        return OrderRequest(
            BTC,
            side,
            LIMIT,
            Decimal(quantity),
            Decimal(price),
            time_in_force,
            **terms,  # type: ignore[arg-type]
        )

    def market(self, side: int, quantity: str, **terms: object) -> Order:
        return self.place(OrderRequest(BTC, side, MARKET, Decimal(quantity), **terms))  # type: ignore[arg-type]

    def place(self, request: OrderRequest) -> Order:
        return self.desk.engine.place(self.id, request, self.desk.now_ms)

    def cancel(self, order: Order) -> Order:
        return self.desk.engine.cancel(self.id, order.symbol, order.order_id, None, self.desk.now_ms)

    def held(self, position_side: str = "BOTH") -> str:
        """The position in base units, as text."""
        instrument = self.desk.listing.instrument
        return instrument.quantity_text(self.account.position(instrument, position_side).lots)

    @property
    def trades(self) -> list[TradeRecord]:
        """Its trades in BTCUSDT, the oldest first."""
        return list(self.account.trades.get(BTC, ()))

    @property
    def income(self) -> list[IncomeRecord]:
        """Everything booked, as it came."""
        rows = [row for history in self.account.income.values() for row in history]
        return sorted(rows, key=lambda row: row.income_id)

    @property
    def wallet(self) -> Decimal:
        return Decimal(self.account.wallet_e8).scaleb(-8)


class Desk:
    """An engine, its time, and what happened to its traders."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.engine = Engine(START_MS)

    @property
    def listing(self) -> Listing:
        return self.engine.listings[BTC]

    def trader(self, deposit: str = "100000") -> Trader:
        return Trader(self, self.engine.open_account(to_e8(Decimal(deposit)), self.now_ms))

    def mark(self, price: str) -> None:
        self.listing.mark_price.fix(to_e8(Decimal(price)))

    def permit_rpi(self, permitted: bool) -> None:
        self.listing.instrument = replace(self.listing.instrument, takes_rpi=permitted)

    def events(self, trader: Trader) -> list[AccountEvent]:
        """What happened to that trader since the last call; what happened to others is lost with it."""
        return [event for event in self.engine.drain() if event.account_id == trader.id]

    def order_events(self, trader: Trader) -> list[tuple[str, str, int]]:
        """Execution type, status and expiry reason of the order events."""
        return [
            (event.execution_type, event.status, event.expiry_reason)
            for event in self.events(trader)
            if isinstance(event, OrderChanged)
        ]

    def account_changes(self, trader: Trader) -> list[AccountChanged]:
        return accounts_after(self.events(trader))

    def imbalances(self) -> dict[str, int]:
        """What was made or lost out of nothing, by asset: nothing, or there is an error in the books."""
        return imbalances_e16(self.engine)


def accounts_after(events: list[AccountEvent]) -> list[AccountChanged]:
    """How the account stood after each of the events that moved it, fills among them."""
    found = []
    for event in events:
        if isinstance(event, OrderChanged) and event.fill is not None:
            found.append(event.fill.account)
        elif isinstance(event, AccountChanged):
            found.append(event)
    return found


def charge_of(trader: Trader, side: str = "BOTH") -> Charge:
    """What a trader's position and open orders in BTCUSDT cost now."""
    return trader.desk.engine.margin_pools.charges(trader.account)[BTC, side]


def usdt(amount_e8: int) -> Decimal:
    """An amount of the exchange as text would have it."""
    return Decimal(amount_e8).scaleb(-8)


def long_of(desk: Desk, quantity: str, price: str = "60000") -> Trader:
    """A trader who is long, at a mark of that price."""
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, quantity, price)
    trader.market(BUY, quantity)
    desk.mark(price)
    return trader
