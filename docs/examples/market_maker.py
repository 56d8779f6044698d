"""A market maker in one page: a quote a side, a bound on the position, a budget, and nothing left behind.

Run it: `python docs/examples/market_maker.py [SECONDS]`. It starts a local exchange of its own and ends it.
"""

import asyncio
import sys
from decimal import Decimal

import connector
from connector import MarketEvent, OrderType, PositionAction, TradeType

PAIR = "BTC-USDT"
AMOUNT = Decimal("0.002")  # of a quote, in BTC
MOST_POSITION = Decimal("0.006")  # long or short, in BTC
DISTANCE = Decimal("0.00002")  # of a quote from the mid price: 0.002 %
NEAREST = DISTANCE / 4  # a quote that the market came nearer to goes at once
LEVERAGE = 5
EVERY_S = 0.5


class MarketMaker:
    """Quotes both sides of one pair; a side that would carry the position past its bound is left out."""

    def __init__(self, exchange: connector.Exchange) -> None:
        self.exchange = exchange
        self.fills = 0
        exchange.add_listener(MarketEvent.OrderFilled, self.on_fill)
        exchange.add_listener(MarketEvent.FeedLost, self.on_feed_lost)
        exchange.add_listener(MarketEvent.OrderFailure, self.on_failure)

    @property
    def position(self) -> Decimal:
        """Signed: negative is short."""
        rows = self.exchange.account_positions.values()
        return sum((row.amount for row in rows if row.trading_pair == PAIR), Decimal(0))

    def working(self, side: TradeType) -> list[str]:
        """The orders of a side that may still trade, those of unknown outcome included."""
        orders = self.exchange.in_flight_orders.values()
        return [order.client_order_id for order in orders if order.trade_type is side]

    def guard(self) -> None:
        """Called as soon as something changed: the touch, an order, the account, or whether we are ready."""
        if not self.exchange.ready:
            self.pull()
            return
        mid = self.exchange.get_mid_price(PAIR)
        for order in self.exchange.in_flight_orders.values():
            if order.price is not None and order.trade_type.sign * (mid - order.price) < NEAREST * mid:
                self.exchange.cancel(PAIR, order.client_order_id)

    def look(self) -> None:
        """One look, every half second: quotes that stand are cancelled, and a side without any is quoted anew."""
        if not self.exchange.ready:
            self.pull()
            return
        mid = self.exchange.get_mid_price(PAIR)
        for side in (TradeType.BUY, TradeType.SELL):
            if standing := self.working(side):
                for order_id in standing:
                    self.exchange.cancel(PAIR, order_id)
            elif abs(self.position + side.sign * AMOUNT) <= MOST_POSITION:
                self.quote(side, mid * (1 - side.sign * DISTANCE))

    def quote(self, side: TradeType, price: Decimal) -> None:
        rule = self.exchange.trading_rules[PAIR]
        price = rule.quantize_price(price, side)  # away from the market: buys down, sells up
        wanted = connector.PerpetualOrderCandidate(
            trading_pair=PAIR,
            is_maker=True,
            order_type=OrderType.LIMIT_MAKER,
            order_side=side,
            amount=AMOUNT,
            price=price,
            leverage=self.exchange.get_leverage(PAIR),
        )
        payable = self.exchange.budget_checker.adjust_candidate(wanted)
        if payable.amount:
            place = self.exchange.buy if side is TradeType.BUY else self.exchange.sell
            place(PAIR, payable.amount, OrderType.LIMIT_MAKER, price)

    def pull(self) -> None:
        """Quotes on a market that is not seen are gifts."""
        for order in self.exchange.in_flight_orders.values():
            self.exchange.cancel(PAIR, order.client_order_id)

    async def flatten(self) -> None:
        """Cancels what is open, then closes the position at the market. A close can only reduce."""
        await self.exchange.cancel_all(timeout_seconds=10)
        if not self.position:
            return
        close = self.exchange.sell if self.position > 0 else self.exchange.buy
        close(PAIR, abs(self.position), OrderType.MARKET, position_action=PositionAction.CLOSE)
        async with asyncio.timeout(10):
            while self.position:
                await asyncio.sleep(0.05)

    def on_fill(self, event: connector.Event) -> None:
        assert isinstance(event, connector.OrderFilledEvent)
        self.fills += 1
        print(f"{event.trade_type.name:4} {event.amount} at {event.price}, position {self.position}")

    def on_feed_lost(self, event: connector.Event) -> None:
        assert isinstance(event, connector.FeedLostEvent)
        print(f"{event.gate}: {event.reason}")
        self.pull()

    def on_failure(self, event: connector.Event) -> None:
        """A post-only quote that would have taken is refused: the next look quotes anew."""
        assert isinstance(event, connector.MarketOrderFailureEvent)
        print(f"not placed: {event.fault}")


async def main(seconds: float) -> None:
    async with connector.open(PAIR) as exchange:
        await exchange.set_leverage(PAIR, LEVERAGE)
        maker = MarketMaker(exchange)
        exchange.watch(PAIR, maker.guard)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    maker.look()
                    await asyncio.sleep(EVERY_S)
        except TimeoutError:
            await maker.flatten()
        print(f"{maker.fills} fills, position {maker.position}, wallet {exchange.get_balance('USDT')} USDT")


asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
