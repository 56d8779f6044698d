"""The page at the exchange's address: its files, and what they look at.

Plain HTML and one script, served as they are. The page sees everything by `/local/v1/view` and acts by the other
local routes alone, which answer to programs of this machine only.
"""

from functools import cache
from importlib.resources import files

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.accounts import Account
from connector.simulator.fault_injection.faults import FAULTS
from connector.simulator.fixed_point import e8_text
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, MARKET, SELL, SIDE_WORDS, Order
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.runtime import Runtime

#: What is served, by path: the file and its kind.
FILES = {"/": ("page.html", "text/html"), "/page.js": ("page.js", "text/javascript")}
LEVELS, TRADES, ORDERS = 16, 30, 100

Row = dict[str, object]


@cache
def page_file(path: str) -> tuple[bytes, str] | None:
    """A file of the page with its content type, or None where there is none."""
    if path not in FILES:
        return None
    name, kind = FILES[path]
    return files("connector.simulator.rest").joinpath(name).read_bytes(), kind


def view(runtime: Runtime, params: Parameters) -> object:
    """What the page shows of `symbol`, the first one listed without it."""
    listings = runtime.engine.listings
    symbol = params.optional("symbol") or next(iter(listings))
    accounts = [account for account in runtime.engine.accounts.values() if not account.is_house]
    armed = {fault.name for fault in runtime.faults.armed()}
    return {
        "symbol": symbol,
        "symbols": list(listings),
        "time_ms": runtime.now_ms(),
        "notice": runtime.notice,
        **_market(runtime.engine.listing(symbol)),
        "accounts": [_account(runtime, account) for account in accounts],
        "orders": [_order(runtime, order) for account in accounts for order in _open(account, symbol)][:ORDERS],
        "faults": [{"name": name, "about": row.about, "is_armed": name in armed} for name, row in FAULTS.items()],
    }


def _market(listing: Listing) -> Row:
    instrument, mark_price = listing.instrument, listing.mark_price

    def levels(side: int) -> list[tuple[str, str]]:
        found = listing.book.levels(side, LEVELS)
        return [(instrument.price_text(ticks), instrument.quantity_text(lots)) for ticks, lots in found]

    trades = listing.tape.trades
    latest = [trades[at] for at in range(len(trades) - 1, max(-1, len(trades) - 1 - TRADES), -1)]
    return {
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
            }
            for trade in latest
        ],
    }


def _account(runtime: Runtime, account: Account) -> Row:
    snapshot = AccountSnapshot(account, runtime.engine)
    listings = runtime.engine.listings
    held = account.held()
    unrealised_e8 = sum(each.unrealised_e8(listings[each.instrument.symbol].mark_price.mark_e8) for each in held)
    return {
        "name": str(account.account_id),
        "wallet": e8_text(account.wallet_e8),
        "unrealised": e8_text(unrealised_e8),
        "available": e8_text(snapshot.available_e8("USDT")),
        "positions": [
            {
                "symbol": each.instrument.symbol,
                "amount": each.instrument.quantity_text(each.lots),
                "entry_price": e8_text(each.entry_e8()),
            }
            for each in held
        ],
    }


def _open(account: Account, symbol: str) -> list[Order]:
    return list(account.orders_of(symbol).values())


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
