"""What a ladder would look like on the current book of a pair: the exchange's levels and the quotes among them."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rich.table import Table

from connector.bot.quoting.kept_back_quotes import kept_back_quotes
from connector.bot.quoting.strategy_modules import made
from connector.bot.session import local_exchange
from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.core.faults import UnavailableFault
from connector.core.trading_rule import TradingRule
from connector.exchange.assemble import assemble_market
from connector.net.system_clock import SystemClock
from connector.risk.bounds import RiskBounds
from connector.strategies.ladder import Quote
from connector.strategies.strategy import RunSettings
from connector.venue.domains import Domain

_SEEN_WITHIN_S: Final = 15.0
_STEP_S: Final = 0.05
_MOST_QUOTES: Final = 20


@dataclass(frozen=True, slots=True)
class Look:
    """At which local exchange settings are looked at, one of its own where none is named, and beside which limits."""

    exchange_url: str | None
    bounds: RiskBounds


def preview(settings: RunSettings, domain: Domain, look: Look) -> tuple[Table, list[str]] | None:
    """The quotes on the book of now, and a line for each key that a limit keeps back; None for a strategy that can't
    say beforehand what it would quote. Raises `UnavailableFault`, and `ConfigFault` for a pair that is not listed."""
    strategy = made(settings)
    rule, bid, ask = asyncio.run(_touch(domain, look.exchange_url, settings.market))
    quotes = strategy.first_quotes((bid + ask) / 2)
    return (_table(rule, bid, ask, quotes), kept_back_quotes(look.bounds, rule, quotes)) if quotes else None


async def _touch(domain: Domain, exchange_url: str | None, pair: str) -> tuple[TradingRule, Decimal, Decimal]:
    """The pair's rule and best prices, by public data; a local exchange is started where none is named."""
    async with contextlib.AsyncExitStack() as undo:
        if domain.is_local:
            venue = local_exchange.attached(exchange_url) if exchange_url else await local_exchange.started(1)
            undo.push_async_callback(venue.stop)
            domain = venue.domain
        market = assemble_market(domain, (pair,), SystemClock())
        undo.push_async_callback(market.http.close)
        market.pair_rules.take(await market.api.instruments())
        rule = market.pair_rules.rules[pair]
        market.feed.add(rule.symbol, pair)
        market.streams.books.add([rule.symbol])
        following = asyncio.create_task(market.streams.books.run())
        try:
            book = market.feed.symbols[rule.symbol].book
            async with asyncio.timeout(_SEEN_WITHIN_S):
                while not (book.levels(True, 1) and book.levels(False, 1)):
                    await asyncio.sleep(_STEP_S)
            return rule, book.levels(True, 1)[0][0], book.levels(False, 1)[0][0]
        except TimeoutError as error:
            raise UnavailableFault(f"no book of {pair} came within {_SEEN_WITHIN_S:g} s") from error
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def _table(rule: TradingRule, bid: Decimal, ask: Decimal, quotes: Iterable[Quote]) -> Table:
    table = Table(title=f"{rule.trading_pair}: best bid {plain(bid)}, best ask {plain(ask)}", title_justify="left")
    for name in ("side", "price", "amount", "notional", ""):
        table.add_column(name, justify="left" if name in ("side", "") else "right")
    rows = list(quotes)
    sells = [quote for quote in rows if quote.trade_type is TradeType.SELL]
    buys = [quote for quote in rows if quote.trade_type is TradeType.BUY]
    for quote in (*sorted(sells, key=_price, reverse=True), *sorted(buys, key=_price, reverse=True))[:_MOST_QUOTES]:
        table.add_row(*_row(rule, quote))
    return table


def _price(quote: Quote) -> Decimal:
    return quote.price


def _row(rule: TradingRule, quote: Quote) -> Iterator[str]:
    """As it would be sent, and which rule it breaks."""
    price, amount = rule.quantize_price(quote.price, quote.trade_type), rule.quantize_amount(quote.amount)
    broken = rule.broken_by(amount, price)
    yield quote.trade_type.name.lower()
    yield plain(price)
    yield plain(amount)
    yield plain(price * amount)
    yield "" if broken is None else f"breaks {broken.rule} ({broken.limit}): {broken.remedy}"
