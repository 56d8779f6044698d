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
from connector.core.amounts import HUNDRED, ZERO, plain
from connector.core.enums import TradeType
from connector.core.faults import UnavailableFault
from connector.core.trading_rule import TradingRule
from connector.exchange.assemble import assemble_market
from connector.market.symbol_feed import SymbolFeed
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


@dataclass(frozen=True, slots=True)
class Touch:
    """A pair as the market has it now."""

    rule: TradingRule
    bid: Decimal
    ask: Decimal
    #: The forecast of its funding for the next settlement; None: nobody asked.
    funding_rate: Decimal | None = None

    @property
    def mid(self) -> Decimal:
        """Between the best prices."""
        return (self.bid + self.ask) / 2


def preview(settings: RunSettings, domain: Domain, look: Look) -> tuple[Table, list[str]] | None:
    """The quotes on the book of now, and a line for each key that a limit keeps back; of several pairs the pairs, with
    what tells them apart; None for a strategy of one pair that can't say beforehand what it would quote. Raises
    `UnavailableFault`, and `ConfigFault` for a pair that is not listed."""
    strategy = made(settings)
    touches = asyncio.run(_touches(domain, look.exchange_url, strategy.pairs))
    if len(touches) > 1:
        return _legs(touches), _apart(touches)
    rule, quotes = touches[0].rule, strategy.first_quotes(touches[0].mid)
    return (_table(touches[0], quotes), kept_back_quotes(look.bounds, rule, quotes)) if quotes else None


async def _touches(domain: Domain, exchange_url: str | None, pairs: tuple[str, ...]) -> list[Touch]:
    """Each pair's rule and best prices, of several their funding, too; by public data. A local exchange is started
    where none is named."""
    async with contextlib.AsyncExitStack() as undo:
        if domain.is_local:
            venue = local_exchange.attached(exchange_url) if exchange_url else await local_exchange.started(1)
            undo.push_async_callback(venue.stop)
            domain = venue.domain
        market = assemble_market(domain, pairs, SystemClock())
        undo.push_async_callback(market.http.close)
        market.pair_rules.take(await market.api.instruments())
        rules = [market.pair_rules.rules[pair] for pair in pairs]
        for rule in rules:
            market.feed.add(rule.symbol, rule.trading_pair)
        with_funding, streams = len(pairs) > 1, market.streams
        sources = (streams.books, streams.mark_trades) if with_funding else (streams.books,)
        for source in sources:
            source.add([rule.symbol for rule in rules])
        following = [asyncio.create_task(source.run()) for source in sources]
        try:
            async with asyncio.timeout(_SEEN_WITHIN_S):
                return [await _seen(market.feed.symbols[rule.symbol], rule, with_funding) for rule in rules]
        except TimeoutError as error:
            raise UnavailableFault(f"no book of {', '.join(pairs)} came within {_SEEN_WITHIN_S:g} s") from error
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)


async def _seen(followed: SymbolFeed, rule: TradingRule, with_funding: bool) -> Touch:
    """Waits until the market told all of it."""
    while True:
        bids, asks = followed.book.levels(True, 1), followed.book.levels(False, 1)
        info = followed.funding.info(rule.trading_pair) if with_funding else None
        if bids and asks and (info is not None or not with_funding):
            return Touch(rule, bids[0][0], asks[0][0], None if info is None else info.rate)
        await asyncio.sleep(_STEP_S)


def _legs(touches: Iterable[Touch]) -> Table:
    table = Table(title="the pairs now", title_justify="left")
    for name in ("pair", "best bid", "best ask", "funding of the next settlement"):
        table.add_column(name, justify="left" if name == "pair" else "right")
    for touch in touches:
        rate = f"{plain((touch.funding_rate or ZERO) * HUNDRED)} %"
        table.add_row(touch.rule.trading_pair, plain(touch.bid), plain(touch.ask), rate)
    return table


def _apart(touches: list[Touch]) -> list[str]:
    """How far the others are from the first pair, a line each."""
    first, lines = touches[0], []
    for other in touches[1:]:
        rates = ((first.funding_rate or ZERO) - (other.funding_rate or ZERO)) * HUNDRED
        gap = (first.mid / other.mid - 1) * HUNDRED
        of = f"{first.rule.trading_pair} beside {other.rule.trading_pair}"
        lines.append(f"{of}: funding differs by {plain(rates)} %, the mid price by {gap:.3f} %")
    return lines


def _table(touch: Touch, quotes: Iterable[Quote]) -> Table:
    rule, title = touch.rule, f"best bid {plain(touch.bid)}, best ask {plain(touch.ask)}"
    table = Table(title=f"{rule.trading_pair}: {title}", title_justify="left")
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
