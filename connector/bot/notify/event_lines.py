"""Events in the words of a message: one line each, of the kinds that a person may want to hear of."""

from collections.abc import Mapping

from connector.bot.notify.kinds import Kind
from connector.bot.session.account_lines import OF_THE_ACCOUNT, account_line
from connector.bot.session.exchange_lines import exchange_line
from connector.core.amounts import plain
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, OrderFilledEvent
from connector.exchange import gates

#: What an event may be about; where it is one of two, its gate says which.
KINDS_OF: Mapping[MarketEvent, tuple[Kind, ...]] = {
    **dict.fromkeys(OF_THE_ACCOUNT, (Kind.ACCOUNT,)),
    MarketEvent.MarginCall: (Kind.MARGIN,),
    MarketEvent.Liquidation: (Kind.MARGIN,),
    MarketEvent.InsuranceCleared: (Kind.MARGIN,),
    MarketEvent.PositionSettled: (Kind.MARGIN,),
    MarketEvent.PositionDrift: (Kind.MARGIN,),
    MarketEvent.FundingPaymentCompleted: (Kind.FUNDING,),
    MarketEvent.OrderFilled: (Kind.FILL,),
    MarketEvent.FeedLost: (Kind.LOST, Kind.BAN),
    MarketEvent.FeedRestored: (Kind.LOST, Kind.BAN),
    MarketEvent.RiskLimit: (Kind.LIMIT,),
    MarketEvent.OrdersPaused: (Kind.BAN,),
    MarketEvent.OpeningsPaused: (Kind.OPENINGS,),
    MarketEvent.OpeningsResumed: (Kind.OPENINGS,),
    MarketEvent.TradingStatus: (Kind.STATUS,),
}


def kind_of(event: Event) -> Kind:
    """What an event of these is about."""
    kinds = KINDS_OF[event.tag]
    return kinds[-1] if getattr(event, "gate", "") == gates.RATE_LIMITS else kinds[0]


def event_line(event: Event) -> str:
    """Its line; empty where it tells a person nothing."""
    if said := exchange_line(event):
        return said
    match event:
        case OrderFilledEvent():
            side = "bought" if event.trade_type.sign > 0 else "sold"
            return f"{side} {plain(event.amount)} {event.trading_pair} at {plain(event.price)}"
        case _:
            return account_line(event)
