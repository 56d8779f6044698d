"""From the connector to the strategy's view: one moment, copied out of the live objects."""

from decimal import Decimal

from connector.bot.quoting.own_levels import OwnLevels
from connector.bot.quoting.own_part import OwnPart
from connector.core.amounts import ZERO
from connector.core.enums import PriceType, TradeType
from connector.core.faults import UnavailableFault
from connector.core.interface import OrderBookView
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.view import DepthLevel, MarketView, OwnOrder

_DEPTH_LEVELS = 50


def market_view(
    connector: PerpetualDerivative,
    part: OwnPart,
    trading_pair: str,
    now_ms: int,
    last_complete_fill_ms: int | None,
    *,
    depth: bool,
    own_levels: OwnLevels | None = None,
    source_price: Decimal | None = None,
) -> MarketView:
    """What the strategy may know now, with the orders and positions that are its `part`. `depth` asks for the book's
    levels, which only order optimisation needs; `own_levels` are left out of the best prices, where quotes follow them;
    `source_price` is that of another market or an address."""
    rule = connector.trading_rules[trading_pair]
    book = connector.get_order_book(trading_pair)
    seconds, rate = _funding(connector, trading_pair, now_ms)
    levels = _DEPTH_LEVELS if depth else 0
    orders = tuple(_own_order(order) for order in part.orders() if order.trading_pair == trading_pair)
    return MarketView(
        now_ms=now_ms,
        ready=connector.ready,
        rule=rule,
        best_bid=_best(book, own_levels, TradeType.BUY),
        best_ask=_best(book, own_levels, TradeType.SELL),
        last_price=_or_none(connector.get_price_by_type(trading_pair, PriceType.LastTrade)),
        last_own_price=_or_none(connector.get_price_by_type(trading_pair, PriceType.LastOwnTrade)),
        mark_price=_or_none(connector.get_mark_price(trading_pair)),
        source_price=source_price,
        positions=part.held(trading_pair),
        orders=orders,
        last_complete_fill_ms=last_complete_fill_ms,
        bids=tuple(DepthLevel(*level) for level in book.levels(True, levels)),
        asks=tuple(DepthLevel(*level) for level in book.levels(False, levels)),
        seconds_to_funding=seconds,
        funding_rate=rate,
    )


def _best(book: OrderBookView, own_levels: OwnLevels | None, side: TradeType) -> Decimal | None:
    if own_levels is not None:
        return own_levels.best_of_others(book, side)
    touch = book.touch_bid if side is TradeType.BUY else book.touch_ask
    return touch and touch[0]


def _own_order(order: InFlightOrder) -> OwnOrder:
    return OwnOrder(
        client_order_id=order.client_order_id,
        trade_type=order.trade_type,
        price=ZERO if order.price is None else order.price,
        remaining=order.remaining_amount,
        created_ms=order.created_ms,
        position_action=order.position_action,
        is_pending_cancel=order.cancel_requested_ms is not None or order.lost,
        is_settled=order.was_seen and order.change is None,
    )


def _funding(connector: PerpetualDerivative, trading_pair: str, now_ms: int) -> tuple[float | None, Decimal]:
    try:
        info = connector.get_funding_info(trading_pair)
    except UnavailableFault:
        return None, ZERO
    return info.seconds_to_funding(now_ms / 1000), info.rate


def _or_none(price: Decimal) -> Decimal | None:
    return None if price.is_nan() else price
