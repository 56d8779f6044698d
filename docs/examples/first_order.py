"""One order: it rests below the market, the exchange says so, it is cancelled, the exchange says so.

Run it: `python docs/examples/first_order.py`. It starts a local exchange of its own and ends it.
"""

import asyncio
from decimal import Decimal

import connector

PAIR = "BTC-USDT"


async def main() -> None:
    async with connector.open(PAIR) as exchange:
        heard: asyncio.Queue[connector.Event] = asyncio.Queue()
        for tag in (
            connector.MarketEvent.BuyOrderCreated,
            connector.MarketEvent.OrderCancelled,
            connector.MarketEvent.OrderFailure,
        ):
            exchange.add_listener(tag, heard.put_nowait)

        best_bid = exchange.get_price(PAIR, is_buy=False)
        price = exchange.quantize_order_price(PAIR, best_bid * Decimal("0.99"))
        order_id = exchange.buy(PAIR, Decimal("0.002"), connector.OrderType.LIMIT_MAKER, price)
        print(f"asked for {order_id}: buy 0.002 at {price}")

        created = await heard.get()
        print(f"the exchange says: {created.tag.name}")
        exchange.cancel(PAIR, order_id)
        gone = await heard.get()
        print(f"the exchange says: {gone.tag.name}")


asyncio.run(main())
