"""Conditional orders of each kind on the market around 60,000, and what fires them."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.order_options import OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader

D = Decimal
AMOUNT = D("0.010")


@dataclass(frozen=True)
class Kind:
    """An order, and the market orders of another that fire it."""

    order_type: OrderType
    side: TradeType
    options: OrderOptions
    price: Decimal | None
    fired_by: tuple[tuple[int, str], ...]

    def place(self, connector: PerpetualDerivative, action: PositionAction = PositionAction.OPEN) -> str:
        send = connector.buy if self.side is TradeType.BUY else connector.sell
        price = D("NaN") if self.price is None else self.price
        return send(PAIR, AMOUNT, self.order_type, price, position_action=action, options=self.options)

    def fire(self, venue: LocalExchange) -> None:
        """By someone who takes from the market's maker."""
        stranger = Trader(venue)
        for side, amount in self.fired_by:
            stranger.take(side, amount)


#: Through the first level of each side: the last trade is at 60,020, or at 59,980.
UP, DOWN = (BUY, "1.1"), (SELL, "1.1")
STOP_BUY = OrderOptions(trigger_price=D(60_015))
STOP_SELL = OrderOptions(trigger_price=D(59_985))
TRAIL = OrderOptions(callback_rate=D("0.1"))
#: It follows from 60,010 on, and fires a tenth of a percent below the highest price.
TRAIL_FROM = OrderOptions(callback_rate=D("0.1"), activation_price=D(60_010))
KINDS = {
    "stop market, buy": Kind(OrderType.STOP_MARKET, TradeType.BUY, STOP_BUY, None, (UP,)),
    "stop market, sell": Kind(OrderType.STOP_MARKET, TradeType.SELL, STOP_SELL, None, (DOWN,)),
    "stop, buy": Kind(OrderType.STOP, TradeType.BUY, STOP_BUY, D(60_030), (UP,)),
    "stop, sell": Kind(OrderType.STOP, TradeType.SELL, STOP_SELL, D(59_970), (DOWN,)),
    "profit market, sell": Kind(OrderType.TAKE_PROFIT_MARKET, TradeType.SELL, STOP_BUY, None, (UP,)),
    "profit market, buy": Kind(OrderType.TAKE_PROFIT_MARKET, TradeType.BUY, STOP_SELL, None, (DOWN,)),
    "profit, sell": Kind(OrderType.TAKE_PROFIT, TradeType.SELL, STOP_BUY, D(59_900), (UP,)),
    "profit, buy": Kind(OrderType.TAKE_PROFIT, TradeType.BUY, STOP_SELL, D(60_100), (DOWN,)),
    "trailing, sell": Kind(OrderType.TRAILING_STOP_MARKET, TradeType.SELL, TRAIL, None, (UP, (SELL, "6.5"))),
    "trailing from a price, sell": Kind(
        OrderType.TRAILING_STOP_MARKET, TradeType.SELL, TRAIL_FROM, None, ((BUY, "1.1"), (SELL, "6.5"))
    ),
}


def deepen(trader: Trader) -> None:
    """Levels beyond those of the market, for what moves it far."""
    for distance in (100, 200):
        trader.quote(BUY, str(60_000 - distance), "50")
        trader.quote(SELL, str(60_000 + distance), "50")


def arm(venue: LocalExchange, fault: str, method: str = "POST", **terms: object) -> None:
    """A fault that strikes requests of conditional orders."""
    venue.faults.arm(fault, method=method, path="/fapi/v1/algoOrder", **terms)  # type: ignore[arg-type]


def fix_mark(venue: LocalExchange, price: int) -> None:
    """Nails the mark price."""
    venue.act(lambda engine, now_ms: engine.fix_mark("BTCUSDT", price * 10**8))


def waiting(venue: LocalExchange) -> list[str]:
    """The conditional orders of the connector's account that wait, by their client ids."""
    account = venue.engine.accounts[venue.account_id]
    return [order.client_algo_id for order in venue.engine.algos.book(account).open_of(None)]


def resting(venue: LocalExchange, symbol: str = "BTCUSDT") -> list[str]:
    """Its orders in the book."""
    account = venue.engine.accounts[venue.account_id]
    return [order.client_order_id for order in account.orders_of(symbol).values()]
