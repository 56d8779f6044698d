"""The venue, as requests reach it and as its answers come back."""

from dataclasses import dataclass

from connector.exchange.account.ack_event_watch import AckEventWatch
from connector.exchange.account.payment_asks import PaymentAsks
from connector.exchange.account.trade_watch import TradeWatch
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.net.gateway import Gateway


@dataclass(frozen=True, slots=True)
class VenueSide:
    """What the order entry, the reconciler and the user stream share."""

    gateway: Gateway
    #: What the venue answers when asked.
    api: VenueApi
    #: The one way in for what it says.
    dispatcher: ReportDispatcher
    #: Whether its stream speaks of what it acknowledged.
    ack_watch: AckEventWatch
    #: Whether it told each trade by both of its events.
    trade_watch: TradeWatch
    #: When its account book is asked for funding payments.
    payment_asks: PaymentAsks
    #: Where the events of what it says are heard.
    bus: Bus
