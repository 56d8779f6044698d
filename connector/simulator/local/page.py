"""The page at the exchange's address: its files, and what they look at.

Plain HTML, a style and two scripts, served as they are. The page sees everything by `/local/v1/view` and acts by the
other local routes alone, which answer to programs of this machine only.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from heapq import nlargest
from importlib.resources import files
from itertools import islice

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.records import TradeRecord
from connector.simulator.fault_injection.catalogue import FAULTS, Moment
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.fixed_point import e8_text
from connector.simulator.history import page
from connector.simulator.local.simulation_routes import clock_rate, running_rate
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, MARKET, SELL, SIDE_WORDS, Order
from connector.simulator.payloads.account_worth import available_e8, worth_of
from connector.simulator.runtime import Runtime
from connector.simulator.trails import INDEX, MARK, MID, RESULT, Trails

#: What is served, by path: the file and its kind.
FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/page_charts.js": ("page_charts.js", "text/javascript"),
}
LEVELS, TRADES, ORDERS, FILLS, ACCOUNTS = 16, 12, 100, 40, 50

#: What faults are grouped by.
MOMENTS = {
    Moment.BEFORE: "requests",
    Moment.AFTER: "requests",
    Moment.FRAME: "stream frames",
    Moment.AT_ONCE: "at once",
    Moment.FOR_A_WHILE: "for a while",
    Moment.STANDING: "until disarmed",
}

Row = dict[str, object]


@cache
def page_file(path: str) -> tuple[bytes, str] | None:
    """A file of the page with its content type, or None where there is none."""
    if path not in FILES:
        return None
    name, kind = FILES[path]
    return files("connector.simulator.local").joinpath(name).read_bytes(), kind


def view(runtime: Runtime, params: Parameters) -> object:
    """What the page shows of `symbol`, the first one listed without it."""
    listings = runtime.engine.listings
    symbol = params.optional("symbol") or next(iter(listings))
    listing = runtime.engine.listing(symbol)
    accounts = [account for account in runtime.engine.accounts.values() if not account.is_house]
    fills = own_fills(accounts, symbol)
    results_e8 = runtime.trails.results_e8()
    orders = (order for account in accounts for order in account.orders_of(symbol).values())
    return {
        "symbol": symbol,
        "symbols": {name: each.status for name, each in listings.items()},
        "time_ms": runtime.now_ms(),
        "notice": runtime.notice,
        "clock_rate": clock_rate(runtime),
        "running_rate": running_rate(runtime),
        **_market(listing, {fill.trade_id for _, fill in fills}),
        "fills": [_fill(listing, account, fill) for account, fill in fills],
        "accounts": [_account(runtime, account, results_e8) for account in accounts[:ACCOUNTS]],
        "accounts_left_out": max(0, len(accounts) - ACCOUNTS),
        "orders": [_order(runtime, order) for order in islice(orders, ORDERS)],
        "faults": _faults(runtime),
        "scripts": list(SCRIPTS),
        "running_scripts": runtime.background.running(),
        **_trails(runtime.trails, symbol),
    }


def _faults(runtime: Runtime) -> list[Row]:
    armed = {fault.name: fault for fault in runtime.faults.armed()}
    return [
        {
            "name": name,
            "about": row.about,
            "moment": MOMENTS[row.moment],
            "takes": row.takes,
            "repeats": row.repeats,
            "armed": armed[name].told() if name in armed else None,
        }
        for name, row in FAULTS.items()
    ]


def _trails(trails: Trails, symbol: str) -> Row:
    return {
        "times_ms": trails.times_ms,
        "prices": {kind: trails.line(kind, symbol) for kind in (MARK, INDEX, MID)},
        "results": {name: trails.line(RESULT, name) for name in trails.followed()},
    }


def own_fills(accounts: Iterable[Account], symbol: str) -> list[tuple[Account, TradeRecord]]:
    """The latest trades of those who hold keys and whose they are, the newest first."""
    found = [(account, fill) for account in accounts for fill in page([account.trades.get(symbol)], FILLS)]
    return nlargest(FILLS, found, key=lambda one: (one[1].time_ms, one[1].trade_id))


def _fill(listing: Listing, account: Account, fill: TradeRecord) -> Row:
    return {
        "account": str(account.account_id),
        "price": listing.instrument.price_text(fill.ticks),
        "amount": listing.instrument.quantity_text(fill.lots),
        "side": SIDE_WORDS[fill.side],
        "time_ms": fill.time_ms,
        "is_maker": fill.is_maker,
    }


def _market(listing: Listing, own: Collection[int]) -> Row:
    instrument, mark_price = listing.instrument, listing.mark_price

    def levels(side: int) -> list[tuple[str, str]]:
        found = listing.book.levels(side, LEVELS)
        return [(instrument.price_text(ticks), instrument.quantity_text(lots)) for ticks, lots in found]

    trades = listing.tape.trades
    latest = [trades[at] for at in range(len(trades) - 1, max(-1, len(trades) - 1 - TRADES), -1)]
    return {
        "status": listing.status,
        "price_decimals": instrument.price_precision,
        "last_price": e8_text(mark_price.last_e8),
        "mark_price": e8_text(mark_price.mark_e8),
        "index_price": e8_text(mark_price.index_e8),
        "funding_rate": e8_text(mark_price.rate_e8),
        "next_funding_ms": mark_price.next_funding_ms,
        "bids": levels(BUY),
        "asks": levels(SELL),
        "trades": [
            {
                "price": instrument.price_text(trade.ticks),
                "amount": instrument.quantity_text(trade.lots),
                "side": SIDE_WORDS[SELL if trade.buyer_is_maker else BUY],
                "time_ms": trade.time_ms,
                "is_own": trade.trade_id in own,
            }
            for trade in latest
        ],
    }


def _account(runtime: Runtime, account: Account, results_e8: Mapping[str, int]) -> Row:
    """In USDT at index prices, but for `holds`, the wallet as it is; `result` is None where it is not followed."""
    name, worth = str(account.account_id), worth_of(runtime.engine, account)
    return {
        "name": name,
        "equity": e8_text(worth.equity_e8),
        "wallet": e8_text(worth.wallet_e8),
        "unrealised": e8_text(worth.unrealised_e8),
        "available": e8_text(available_e8(runtime.engine, account)),
        "result": e8_text(results_e8[name]) if name in results_e8 else None,
        "holds": {asset: e8_text(amount_e8) for asset, amount_e8 in account.wallets.items() if amount_e8},
        "positions": [
            {
                "symbol": each.instrument.symbol,
                "amount": each.instrument.quantity_text(each.lots),
                "entry_price": e8_text(each.entry_e8()),
            }
            for each in account.held()
        ],
    }


def _order(runtime: Runtime, order: Order) -> Row:
    instrument = runtime.engine.listings[order.symbol].instrument
    return {
        "client_order_id": order.client_order_id,
        "account": str(order.account_id),
        "side": SIDE_WORDS[order.side],
        "type": f"{order.kind} {order.time_in_force}",
        "price": "" if order.kind == MARKET else instrument.price_text(order.price_ticks),
        "amount": instrument.quantity_text(order.lots),
        "filled": instrument.quantity_text(order.filled_lots),
    }
