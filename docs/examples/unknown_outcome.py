"""An answer that does not come: the exchange loses one, and the order is found all the same.

Run it beside a local exchange: `connector simulator --port 8080`, then
`python docs/examples/unknown_outcome.py http://127.0.0.1:8080`.
"""

import asyncio
import sys
from decimal import Decimal

import aiohttp

import connector

PAIR = "BTC-USDT"
TOLD = (
    connector.MarketEvent.OrderOutcomeUnknown,
    connector.MarketEvent.BuyOrderCreated,
    connector.MarketEvent.OrderFailure,
    connector.MarketEvent.OrderCancelled,
)


async def arm(exchange_url: str, fault: str) -> None:
    """Tells the local exchange to do one thing wrong, once."""
    address = f"{exchange_url}/local/v1/faults"
    async with aiohttp.ClientSession() as session, session.post(address, params={"name": fault}) as answer:
        answer.raise_for_status()


async def main(exchange_url: str) -> None:
    async with connector.open(PAIR, exchange_url=exchange_url) as exchange:
        heard: asyncio.Queue[connector.Event] = asyncio.Queue()
        for tag in TOLD:
            exchange.add_listener(tag, heard.put_nowait)

        await arm(exchange_url, "unknown_but_placed")  # executed, and answered with 503 "Unknown error"
        await arm(exchange_url, "lost_user_event")  # the stream does not tell of it, either
        price = exchange.quantize_order_price(PAIR, exchange.get_mid_price(PAIR) * Decimal("0.98"))
        order_id = exchange.buy(PAIR, Decimal("0.002"), connector.OrderType.LIMIT, price)

        while True:
            event = await heard.get()
            print(event.tag.name)
            if isinstance(event, connector.BuyOrderCreatedEvent):
                print(f"found: {exchange.in_flight_orders[order_id].state.name}, and placed once")
                exchange.cancel(PAIR, order_id)
            if isinstance(event, connector.OrderCancelledEvent):
                return


if len(sys.argv) != 2:
    sys.exit("which exchange? such as http://127.0.0.1:8080, where `connector simulator --port 8080` runs")
asyncio.run(main(sys.argv[1]))
