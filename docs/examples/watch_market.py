"""The market as it comes: every trade, the touch beside it, and what the pair's funding is.

Run it: `python docs/examples/watch_market.py [TRADES]`. It starts a local exchange of its own and ends it.
"""

import asyncio
import sys

import connector

PAIR = "BTC-USDT"


async def main(trades_wanted: int) -> None:
    async with connector.open(PAIR) as exchange:
        funding = exchange.get_funding_info(PAIR)
        print(f"mark {funding.mark_price}, index {funding.index_price}, funding rate {funding.rate}")

        enough = asyncio.Event()
        seen = 0

        def on_change(market: connector.MarketDataView) -> None:
            """Called at once, after each frame that changed something: it must not wait."""
            nonlocal seen
            if market.last_change is not connector.StreamKind.TRADE or enough.is_set():
                return
            trade = market.trades[-1]
            bid, _, ask, _ = market.book.top
            print(f"{trade.trade_type.name:4} {trade.amount} at {trade.price}, touch {bid} / {ask}")
            seen += 1
            if seen == trades_wanted:
                enough.set()

        market = exchange.get_market_data(PAIR)
        market.add_listener(on_change)
        await enough.wait()
        market.remove_listener(on_change)


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
