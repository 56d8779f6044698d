"""What the venue answers when asked: slow truth, as reports.

Every method asks over the network and raises `Fault`. Lists come whole: paging is done here.
"""

import logging
from collections.abc import AsyncIterator, Collection, Iterable
from decimal import Decimal
from typing import TypeVar

from connector.core.enums import PositionMode
from connector.core.faults import UnreadableFault
from connector.core.reports import (
    AccountReport,
    BracketsReport,
    CollateralReport,
    IncomeReport,
    LeverageReport,
    OrderReport,
    ReportSource,
)
from connector.core.secrets import Secret
from connector.core.trade_fee import CommissionRate
from connector.exchange.account.algo_api import AlgoApi
from connector.exchange.account.setup_api import SetupApi
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.venue.limits import MAX_ROWS, RateLimit
from connector.wire import account_replies, funding_replies, instruments, order_replies, price_replies, requests
from connector.wire.account_replies import AccountConfig, LeverageBracket
from connector.wire.funding_replies import Settlement
from connector.wire.instruments import Instruments
from connector.wire.price_replies import IndexPrice
from connector.wire.rate_limits import order_limits

_LOG = logging.getLogger(__name__)
#: Of the account book.
_PAGE = MAX_ROWS
_NEWEST_SETTLEMENTS = 100
_MINUTE_MS = 60_000
Told = TypeVar("Told", OrderReport, LeverageReport)
Dated = TypeVar("Dated", OrderReport, IncomeReport)


class VenueApi:
    """Questions to one venue, through one gateway; so many orders, and trades, are asked for in one answer."""

    def __init__(self, gateway: Gateway, orders_a_page: int = MAX_ROWS, trades_a_page: int = MAX_ROWS) -> None:
        self._gateway = gateway
        #: Conditional orders, which the venue keeps apart.
        self.algo = AlgoApi(gateway)
        #: How the account is set up.
        self.setup = SetupApi(gateway)
        self._orders_page, self._trades_page = orders_a_page, trades_a_page

    async def instruments(self) -> Instruments:
        return instruments.instruments(await self._gateway.call(endpoints.EXCHANGE_INFO))

    async def last_prices(self) -> dict[str, Decimal]:
        """What each symbol last traded at."""
        return price_replies.last_prices(await self._gateway.call(endpoints.LAST_PRICE))

    async def order_limits(self) -> tuple[tuple[RateLimit, ...], tuple[str, ...]]:
        """This account's own, and a line for each that is not known."""
        return order_limits(await self._gateway.call(endpoints.ORDER_LIMITS))

    async def config(self) -> AccountConfig:
        return account_replies.account_config(await self._gateway.call(endpoints.ACCOUNT_CONFIG))

    async def brackets(self, symbol: str) -> tuple[LeverageBracket, ...]:
        body = await self._gateway.call(endpoints.LEVERAGE_BRACKET, requests.of_symbol(symbol))
        return account_replies.leverage_brackets(body, symbol)

    async def brackets_report(self, symbol: str) -> BracketsReport:
        """A symbol's brackets as the ledger takes them: floors and deductions follow from the steps."""
        return account_replies.brackets_report(symbol, await self.brackets(symbol))

    async def collateral(self) -> CollateralReport:
        """What each asset counts for in multi-assets mode."""
        return account_replies.collateral(await self._gateway.call(endpoints.ASSET_INDEX))

    async def commission(self, symbol: str) -> CommissionRate:
        body = await self._gateway.call(endpoints.COMMISSION_RATE, requests.of_symbol(symbol))
        return account_replies.commission_rate(body, symbol)

    async def leverage(self, symbol: str) -> LeverageReport:
        body = await self._gateway.call(endpoints.SYMBOL_CONFIG, requests.of_symbol(symbol))
        return _of(symbol, (account_replies.symbol_config(body),))[0]

    async def leverages(self) -> tuple[LeverageReport, ...]:
        """Of every symbol that the exchange lists."""
        return account_replies.symbol_configs(await self._gateway.call(endpoints.SYMBOL_CONFIG))

    async def leverages_of(self, symbols: Collection[str], most_single: int) -> tuple[LeverageReport, ...]:
        """Those of some symbols: asked one by one where they are so few at most, else found in the answer of all."""
        if len(symbols) <= most_single:
            return tuple([await self.leverage(symbol) for symbol in sorted(symbols)])
        return tuple(report for report in await self.leverages() if report.symbol in symbols)

    async def set_leverage(self, symbol: str, leverage: int) -> LeverageReport:
        params = requests.set_leverage(symbol, leverage)
        body = await self._gateway.call(endpoints.SET_LEVERAGE, params)
        return _of(symbol, (account_replies.leverage(body),))[0]

    async def set_position_mode(self, mode: PositionMode) -> None:
        await self._gateway.call(endpoints.SET_POSITION_MODE, requests.set_position_mode(mode))

    async def set_countdown(self, symbol: str, countdown_ms: int) -> None:
        """Starts the timer after which all regular orders of the symbol are cancelled, or anew; 0 stops it."""
        body = await self._gateway.call(endpoints.COUNTDOWN_CANCEL_ALL, requests.countdown(symbol, countdown_ms))
        told = account_replies.countdown(body)
        if told != (symbol, countdown_ms):
            raise UnreadableFault("answer", f"asked was {symbol} {countdown_ms}, told is {told[0]} {told[1]}")

    async def sign_agreement(self) -> None:
        """Signs the agreement about contracts on traditional finance, for the account."""
        await self._gateway.call(endpoints.SIGN_AGREEMENT)

    async def snapshot(self) -> AccountReport:
        """All balances and positions. Stamped before asking: what the stream says meanwhile is newer."""
        asked_ms = self._gateway.venue_ms()
        balances = account_replies.balances(await self._gateway.call(endpoints.BALANCE))
        positions = account_replies.positions(await self._gateway.call(endpoints.POSITION_RISK))
        return AccountReport(
            ReportSource.QUERY, "SNAPSHOT", asked_ms, balances=balances, positions=positions, complete=True
        )

    async def order(self, symbol: str, client_order_id: str) -> OrderReport:
        params = requests.order_by_client_id(symbol, client_order_id)
        body = await self._gateway.call(endpoints.QUERY_ORDER, params)
        report = order_replies.order(body, ReportSource.QUERY, symbol, client_order_id)
        return self._none_ahead((report,))[0]

    async def order_of_number(self, symbol: str, exchange_order_id: str) -> OrderReport:
        """One order of the account, whoever placed it."""
        body = await self._gateway.call(endpoints.QUERY_ORDER, requests.order_by_number(symbol, exchange_order_id))
        report = order_replies.order_of_number(body, ReportSource.QUERY, symbol, exchange_order_id)
        return self._none_ahead((report,))[0]

    async def open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        body = await self._gateway.call(endpoints.OPEN_ORDERS, requests.of_symbol(symbol))
        return self._told_of(symbol, order_replies.orders(body, ReportSource.OPEN_ORDERS))

    async def all_open_orders(self) -> tuple[OrderReport, ...]:
        """Of every symbol: one request of the weight of forty."""
        body = await self._gateway.call(endpoints.OPEN_ORDERS)
        return self._none_ahead(order_replies.orders(body, ReportSource.OPEN_ORDERS))

    async def cancel_all_orders(self, symbol: str) -> None:
        """Ends every regular order of a symbol, whoever placed it."""
        await self._gateway.call(endpoints.CANCEL_ALL_ORDERS, requests.of_symbol(symbol))

    async def last_order_id(self, symbol: str) -> int:
        """The newest order's id, 0 without any."""
        body = await self._gateway.call(endpoints.ALL_ORDERS, requests.latest(symbol, 1))
        rows = self._told_of(symbol, order_replies.orders(body, ReportSource.QUERY))
        return max((int(row.exchange_order_id) for row in rows), default=0)

    async def orders_from(self, symbol: str, from_id: int) -> AsyncIterator[OrderReport]:
        """The order history from an id on, oldest first."""
        while True:
            body = await self._gateway.call(
                endpoints.ALL_ORDERS, requests.orders_from_id(symbol, from_id, self._orders_page)
            )
            rows = self._told_of(symbol, order_replies.orders(body, ReportSource.QUERY))
            _from(from_id, (row.exchange_order_id for row in rows))
            for row in sorted(rows, key=lambda row: int(row.exchange_order_id)):
                yield row
            if len(rows) < self._orders_page:
                return
            from_id = max(int(row.exchange_order_id) for row in rows) + 1

    async def orders_since(self, symbol: str, start_ms: int) -> tuple[OrderReport, ...]:
        """The order history from a time on, every page of it: by time, since ids may fall, and by id where a page is of
        one time."""
        found: dict[str, OrderReport] = {}
        while True:
            params = requests.orders_since(symbol, start_ms, self._orders_page)
            body = await self._gateway.call(endpoints.ALL_ORDERS, params)
            rows = self._told_of(symbol, order_replies.orders(body, ReportSource.QUERY))
            found.update((row.exchange_order_id, row) for row in rows)
            if len(rows) < self._orders_page:
                return tuple(found.values())
            last_ms = max(row.created_ms for row in rows)
            if last_ms <= start_ms:
                next_id = max(int(row.exchange_order_id) for row in rows) + 1
                found.update([(row.exchange_order_id, row) async for row in self.orders_from(symbol, next_id)])
                return tuple(found.values())
            start_ms = last_ms

    async def newest_trade(self, symbol: str) -> OrderReport | None:
        """The account's newest trade of a symbol, as a report that carries one fill."""
        body = await self._gateway.call(endpoints.USER_TRADES, requests.latest(symbol, 1))
        return next(iter(self._told_of(symbol, order_replies.trades(body))), None)

    async def trades_from(self, symbol: str, from_id: int) -> AsyncIterator[OrderReport]:
        """The account's trades from an id on, oldest first, as reports that carry one fill each."""
        while True:
            body = await self._gateway.call(
                endpoints.USER_TRADES, requests.trades_from_id(symbol, from_id, self._trades_page)
            )
            rows = self._told_of(symbol, order_replies.trades(body))
            _from(from_id, (row.fills[0].trade_id for row in rows))
            for row in rows:
                yield row
            if len(rows) < self._trades_page:
                return
            from_id = max(int(row.fills[0].trade_id) for row in rows) + 1

    async def trades_since(self, symbol: str, start_ms: int) -> AsyncIterator[OrderReport]:
        """The account's trades from a time on, each once, a page oldest first: by time, since ids may fall, and by id
        where a page is of one time."""
        told: set[str] = set()
        while True:
            params = requests.trades_since(symbol, start_ms, self._trades_page)
            rows = self._told_of(symbol, order_replies.trades(await self._gateway.call(endpoints.USER_TRADES, params)))
            _from(start_ms, (row.time_ms for row in rows))
            for row in rows:
                if row.fills[0].trade_id not in told:
                    yield row
            if len(rows) < self._trades_page:
                return
            told = {row.fills[0].trade_id for row in rows}
            last_ms = max(row.time_ms for row in rows)
            if last_ms == start_ms:
                async for row in self.trades_from(symbol, max(int(row.fills[0].trade_id) for row in rows) + 1):
                    yield row
                return
            start_ms = last_ms

    async def trades_of_order(self, symbol: str, exchange_order_id: str, since_ms: int) -> tuple[OrderReport, ...]:
        """All trades of an order that was placed after `since_ms`. An answer holds a page of them: where it is full,
        the symbol's trades are read from that time on."""
        params = requests.trades_of_order(symbol, exchange_order_id, self._trades_page)
        rows = self._told_of(symbol, order_replies.trades(await self._gateway.call(endpoints.USER_TRADES, params)))
        if any(row.exchange_order_id != exchange_order_id for row in rows):
            raise UnreadableFault("trade list", f"it has trades of other orders than {exchange_order_id}")
        if len(rows) < self._trades_page:
            return rows
        every = [row async for row in self.trades_since(symbol, since_ms)]
        return tuple(row for row in every if row.exchange_order_id == exchange_order_id)

    async def forced_orders(self, start_ms: int) -> tuple[OrderReport, ...]:
        """The orders by which the venue itself closed positions since then, of every symbol, without their trades."""
        body = await self._gateway.call(endpoints.FORCE_ORDERS, requests.forced_orders(start_ms))
        return self._none_ahead(order_replies.orders(body, ReportSource.QUERY))

    def income_since(self, start_ms: int, kind: str = "") -> AsyncIterator[IncomeReport]:
        """The venue's account book from a time on, each line once; of one kind, or all."""
        return self._income(endpoints.INCOME, start_ms, kind)

    def funding_since(self, start_ms: int, kind: str) -> AsyncIterator[IncomeReport]:
        """The same of one kind of funding, in the slice of the rate budget that trading leaves over."""
        return self._income(endpoints.FUNDING_INCOME, start_ms, kind)

    async def settlements(self, symbol: str, start_ms: int | None = None) -> tuple[Settlement, ...]:
        """A symbol's settlements: the newest hundred, or a page from a time on; of a limit of their own."""
        newest = requests.settled_rates(symbol, _NEWEST_SETTLEMENTS)
        params = newest if start_ms is None else requests.settled_rates_since(symbol, start_ms)
        rows = funding_replies.settlements(await self._gateway.call(endpoints.FUNDING_RATE, params))
        self._gateway.require_not_ahead(max((row.settled.time_ms for row in rows), default=0), "funding rates")
        other = next((row.symbol for row in rows if row.symbol != symbol), None)
        if other is not None:
            raise UnreadableFault("answer", f"asked was {symbol}, told is {other}")
        return tuple(sorted(rows, key=lambda row: row.settled.time_ms))

    async def asset_index(self, asset: str) -> IndexPrice:
        """What an asset is worth in USD."""
        symbol = f"{asset}USD"
        return price_replies.asset_index(
            await self._gateway.call(endpoints.ASSET_PRICE, requests.of_symbol(symbol)), symbol
        )

    async def index_price_at(self, pair: str, time_ms: int) -> IndexPrice | None:
        """The index price at the beginning of a minute of the past; None where nothing is known of it."""
        body = await self._gateway.call(endpoints.INDEX_PRICE_KLINES, requests.minute_of(pair, time_ms))
        return price_replies.first_open(body)

    async def index_price_now(self, pair: str) -> Decimal | None:
        """The index price of a minute ago, which is known by now; None where nothing is known of it."""
        told = await self.index_price_at(pair, self._gateway.venue_ms() - _MINUTE_MS)
        return told.price if told else None

    async def _income(self, endpoint: Endpoint, start_ms: int, kind: str) -> AsyncIterator[IncomeReport]:
        """The book is paged by time alone: of one millisecond no more than a page can be read, which the log tells."""
        seen: set[tuple[str, str]] = set()
        while True:
            body = await self._gateway.call(endpoint, requests.income_since(start_ms, _PAGE, kind))
            lines = self._none_ahead(account_replies.income(body))
            _from(start_ms, (line.time_ms for line in lines))
            for line in lines:
                if (line.kind, line.income_id) not in seen:
                    seen.add((line.kind, line.income_id))
                    yield line
            if len(lines) < _PAGE:
                return
            last_ms = lines[-1].time_ms
            if last_ms == start_ms:
                _LOG.warning(
                    "the account book has more than %d lines of one time (%d): some are not seen", _PAGE, last_ms
                )
            start_ms = last_ms + (last_ms == start_ms)

    def _told_of(self, symbol: str, rows: tuple[OrderReport, ...]) -> tuple[OrderReport, ...]:
        return self._none_ahead(_of(symbol, rows))

    def _none_ahead(self, rows: tuple[Dated, ...]) -> tuple[Dated, ...]:
        """What is dated ahead of the venue's own clock would outlive everything that is told later."""
        latest_ms = max((row.time_ms for row in rows), default=0)
        self._gateway.require_not_ahead(latest_ms, "answer")
        return rows

    async def create_listen_key(self) -> Secret:
        return account_replies.listen_key(await self._gateway.call(endpoints.CREATE_LISTEN_KEY))

    async def extend_listen_key(self) -> Secret:
        return account_replies.listen_key(await self._gateway.call(endpoints.EXTEND_LISTEN_KEY))


def _of(symbol: str, rows: tuple[Told, ...]) -> tuple[Told, ...]:
    """What was asked must match what is answered."""
    other = next((row.symbol for row in rows if row.symbol != symbol), None)
    if other is not None:
        raise UnreadableFault("answer", f"asked was {symbol}, told is {other}")
    return rows


def _from(first: int, numbers: Iterable[int | str]) -> None:
    """A page that begins before what was asked for would be asked for without end."""
    if any(int(number) < first for number in numbers):
        raise UnreadableFault("answer", f"asked was from {first} on")
