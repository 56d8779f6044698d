"""The parts of one connector, each built once by `assemble`."""

from dataclasses import dataclass
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.core.clock import Clock
from connector.exchange.book_source import BookSource
from connector.exchange.bus import Bus
from connector.exchange.cross_check import CrossCheck
from connector.exchange.door import Door
from connector.exchange.funding_facts import FundingFacts
from connector.exchange.funding_source import FundingSource
from connector.exchange.gates import Gates
from connector.exchange.listing import Listing
from connector.exchange.liveness import Liveness
from connector.exchange.order_entry import OrderEntry
from connector.exchange.reconcile import Reconciler
from connector.exchange.trade_check import TradeCheck
from connector.exchange.user_source import UserSource
from connector.exchange.venue_account import VenueAccount
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.orders.client_order_ids import ClientOrderIds
from connector.orders.tracker import Tracker
from connector.venue.contracts import ContractMath


@dataclass(frozen=True, slots=True)
class MarketParts:
    """What listens to the market alone: no account, no key."""

    http: Http
    gateway: Gateway
    account: VenueAccount
    listing: Listing
    feed: MarketFeed
    books: BookSource
    funding: FundingSource


@dataclass(frozen=True, slots=True)
class Parts:
    """In the order in which data flows. `fees` is the taker rate by pair."""

    clock: Clock
    contract: ContractMath
    http: Http
    gateway: Gateway
    account: VenueAccount
    listing: Listing
    feed: MarketFeed
    bus: Bus
    gates: Gates
    tracker: Tracker
    ledger: Ledger
    door: Door
    budget: BudgetChecker
    fees: dict[str, Decimal]
    ids: ClientOrderIds
    entry: OrderEntry
    reconciler: Reconciler
    books: BookSource
    funding: FundingSource
    funding_facts: FundingFacts
    user: UserSource
    cross_check: CrossCheck
    trade_check: TradeCheck
    liveness: Liveness
