"""A pair, settings and moments of a market to quote in: BTC-USDT around 60,000, tick 0.1, lot 0.001."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import plain
from connector.core.enums import PositionAction, TradeType
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.view import HeldPosition, MarketView, OwnOrder
from tests.companions.sample_rules import BTC_RULE

D = Decimal
BUY, SELL = TradeType.BUY, TradeType.SELL
OPEN, CLOSE = PositionAction.OPEN, PositionAction.CLOSE
NOW_MS = 1_000_000

RULE = replace(BTC_RULE, min_price=D("0.1"), max_price=D(1_000_000))

#: The keys that have no default, with values that make the arithmetic easy to follow.
WRITTEN: dict[str, object] = {
    "market": "BTC-USDT",
    "leverage": "10",
    "bid_spread": "1",
    "ask_spread": "1",
    "order_refresh_time": "10",
    "order_amount": "0.01",
}


def settings(**written: object) -> PerpetualMarketMakingSettings:
    """Settings as a file would hold them, in the file's units."""
    return PerpetualMarketMakingSettings.model_validate({**WRITTEN, **written})


def moment(now_ms: int = NOW_MS, **facts: object) -> MarketView:
    """A ready view: 59,999.9 bid, 60,000.1 asked, mark 60,000, unless given otherwise."""
    view = MarketView(
        now_ms=now_ms,
        ready=True,
        rule=RULE,
        best_bid=D("59999.9"),
        best_ask=D("60000.1"),
        last_price=D(60000),
        mark_price=D(60000),
    )
    return replace(view, **facts)  # type: ignore[arg-type]


def long_of(amount: str, entry: str = "60000") -> HeldPosition:
    return HeldPosition(D(amount), D(entry))


def short_of(amount: str, entry: str = "60000") -> HeldPosition:
    return HeldPosition(-D(amount), D(entry))


def own(
    side: TradeType,
    price: str,
    amount: str = "0.01",
    name: str = "a",
    action: PositionAction = OPEN,
    created_ms: int = NOW_MS,
    *,
    cancelling: bool = False,
) -> OwnOrder:
    return OwnOrder(name, side, D(price), D(amount), created_ms, action, cancelling)


def orders_of(intents: Iterable[Intent]) -> list[OrderIntent]:
    return [intent for intent in intents if isinstance(intent, OrderIntent)]


def cancelled(intents: Iterable[Intent]) -> list[str]:
    return [intent.client_order_id for intent in intents if isinstance(intent, CancelIntent)]


def shown(intents: Iterable[OrderIntent]) -> list[tuple[str, str, str]]:
    """Side, price and amount of each order, as a trader would write them."""
    return [(order.trade_type.name, plain(order.price or D(0)), plain(order.amount)) for order in intents]


def resting(want: OrderIntent, name: str, now_ms: int) -> OwnOrder:
    return OwnOrder(name, want.trade_type, want.price or D(0), want.amount, now_ms, want.position_action)


def come_true(view: MarketView, intents: Iterable[Intent], later_ms: int = 100) -> MarketView:
    """The next view when the venue did all that was asked for: cancels are gone, orders rest."""
    gone = set(cancelled(intents))
    kept = tuple(order for order in view.orders if order.client_order_id not in gone)
    new = tuple(resting(want, f"{view.now_ms}-{index}", view.now_ms) for index, want in enumerate(orders_of(intents)))
    return replace(view, now_ms=view.now_ms + later_ms, orders=kept + new)
