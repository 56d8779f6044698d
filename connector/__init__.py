"""A connector for USDⓈ-M perpetual futures, the bot that runs it, and a local exchange that speaks its protocol.

    async with connector.open("BTC-USDT") as exchange:
        exchange.buy("BTC-USDT", Decimal("0.01"), connector.OrderType.LIMIT, Decimal("60000"))

The public names stand in `__init__.pyi`, and a name's module is loaded when it is first asked for.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
