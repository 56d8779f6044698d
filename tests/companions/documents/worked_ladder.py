"""One ladder, worked: what each order costs by the connector's ledger, and what the exchange has left after it.

A connector trades at a local exchange over its sockets; after each order the exchange is asked for its own figure.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import aiohttp
from rich import box
from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from connector.bot.report.screen import draw
from connector.core.amounts import plain
from connector.core.enums import OrderType, PositionMode, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.exchange.conditional_scenes import fix_mark
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until
from tests.companions.places import ROOT
from tests.companions.simulator.callers import SocketClient, signed
from tests.companions.virtual_time import LoopClock, run_in_virtual_time

D = Decimal
PICTURE = ROOT / ".github" / "pictures" / "ladder.svg"
DEPOSIT, LEVERAGE, HELD, ENTRY, MARK = D(1_000), 20, D("0.05"), 60_000, 59_980
#: The bids' amount, and the asks': they outgrow the position and the bids on their way.
BID, ASK, LEVELS, APART = D("0.02"), D("0.05"), 5, 50
_BAR_WIDTH = 28
_LEFT = ("left by the ledger", _BAR_WIDTH), ("", 8), ("left by the exchange", _BAR_WIDTH), ("", 8)


@dataclass(frozen=True, slots=True)
class Rung:
    """One order of the ladder; all but amount and price in USDT."""

    side: str
    amount: Decimal
    price: Decimal
    #: By the ledger, before it was sent: margin, what it would lose at once in it, and the fee that is kept back.
    margin: Decimal
    fee: Decimal
    #: After it: by the ledger, and by the exchange.
    ours: Decimal
    theirs: Decimal


@dataclass(frozen=True, slots=True)
class WorkedLadder:
    """The position, and the orders as they were placed. `begin`: available before the first, by ledger and exchange."""

    begin: tuple[Decimal, Decimal]
    rungs: tuple[Rung, ...]


@cache
def worked_ladder() -> WorkedLadder:
    return run_in_virtual_time(_work)


async def _work(clock: LoopClock) -> WorkedLadder:
    settings = SimulatorSettings(background=False, funding_first_s=3_600, clock=clock, deposit=DEPOSIT)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        Trader(venue).quote(SELL, str(ENTRY), str(HELD))
        fix_mark(venue, ENTRY)
        connector, client = connect(venue), SocketClient(session, venue, venue.runtime.default_key)
        log = EventLog(connector)
        try:
            await ready(connector)
            await connector.set_position_mode(PositionMode.ONEWAY)
            await connector.set_leverage(PAIR, LEVERAGE)
            connector.buy(PAIR, HELD, OrderType.LIMIT, D(ENTRY))
            await log.waits_for(MarketEvent.BuyOrderCompleted)
            fix_mark(venue, MARK)
            await until(lambda: connector.components.prices.prices_of(PAIR).mark == MARK, "the mark")
            begin = connector.get_available_balance("USDT"), await _asked(client, clock)
            return WorkedLadder(begin, tuple([await _placed(connector, client, clock, each) for each in _orders()]))
        finally:
            await connector.stop_network()
            await client.close()


def _orders() -> list[PerpetualOrderCandidate]:
    """A bid and an ask in turn, the nearest first; the first bid stands above the mark."""
    found = []
    for level in range(LEVELS):
        for side, price, amount in ((TradeType.BUY, ENTRY - 10, BID), (TradeType.SELL, ENTRY + 10, ASK)):
            away = D(price - side.sign * APART * level)
            found.append(PerpetualOrderCandidate(PAIR, True, OrderType.LIMIT, side, amount, away))
    return found


async def _placed(
    connector: PerpetualDerivative, client: SocketClient, clock: LoopClock, wanted: PerpetualOrderCandidate
) -> Rung:
    asked = connector.budget_checker.populate_collateral_entries(wanted)
    assert asked.order_collateral is not None
    assert asked.percent_fee_collateral is not None
    place = connector.buy if wanted.order_side is TradeType.BUY else connector.sell
    order_id = place(PAIR, wanted.amount, OrderType.LIMIT, wanted.price)
    await until(lambda: bool(connector.in_flight_orders[order_id].exchange_order_id), "the order in the book")
    return Rung(
        side=wanted.order_side.name.lower(),
        amount=wanted.amount,
        price=wanted.price,
        margin=asked.order_collateral.amount,
        fee=asked.percent_fee_collateral.amount,
        ours=connector.get_available_balance("USDT"),
        theirs=await _asked(client, clock),
    )


async def _asked(client: SocketClient, clock: LoopClock) -> Decimal:
    """What the exchange has available, by its own answer."""
    query = signed(client.sender.api_secret, f"timestamp={clock.now_ms()}")
    _, _, balances = await client.raw("GET", "/fapi/v3/balance", query)
    return next(D(row["availableBalance"]) for row in balances if row["asset"] == "USDT")


def rows() -> list[tuple[object, ...]]:
    """The ladder as rows of a table."""
    ladder = worked_ladder()
    first = (
        f"long {plain(HELD)}",
        plain(D(ENTRY)),
        "–",
        "–",
        plain(ladder.begin[0]),
        plain(ladder.begin[1]),
        _is_equal(*ladder.begin),
    )
    return [first, *(_row(number, rung) for number, rung in enumerate(ladder.rungs, 1))]


def _row(number: int, rung: Rung) -> tuple[object, ...]:
    what = f"{number}. {rung.side} {plain(rung.amount)}"
    figures = rung.price, rung.margin, rung.fee, rung.ours, rung.theirs
    return what, *map(plain, figures), _is_equal(rung.ours, rung.theirs)


def _is_equal(ours: Decimal, theirs: Decimal) -> str:
    return "yes" if ours == theirs else "no"


def draw_ladder(picture: Path = PICTURE) -> None:
    """The ladder with what is left after each order, by either side."""
    ladder = worked_ladder()
    table = Table(title=_title(), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column, width in (("order", 10), ("price", 6), ("takes", 8), *_LEFT):
        is_figure = column in ("price", "takes", "")
        table.add_column(column, width=width, justify="right" if is_figure else "left", no_wrap=True)
    table.add_row(f"long {plain(HELD)}", plain(D(ENTRY)), "", *_bars(ladder.begin, "green"))
    for rung in ladder.rungs:
        style = "cyan" if rung.side == "buy" else "magenta"
        order = Text(f"{rung.side} {plain(rung.amount)}", style)
        table.add_row(order, plain(rung.price), plain(rung.margin), *_bars((rung.ours, rung.theirs), style))
    draw(table, picture, title="one ladder, worked")


def _title() -> str:
    return f"{PAIR}, one-way, {LEVERAGE} x, mark {plain(D(MARK))}: available balance in USDT after each order"


def _bars(left: tuple[Decimal, Decimal], style: str) -> list[Bar | Text]:
    """What is left as a bar and as a figure, by the ledger and by the exchange."""
    bars = ((Bar(float(DEPOSIT), 0, float(each), width=_BAR_WIDTH, color=style), Text(plain(each))) for each in left)
    return [cell for pair in bars for cell in pair]
