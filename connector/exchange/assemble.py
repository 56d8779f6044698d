"""Builds the connector. Read from top to bottom, it is the architecture."""

from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.collateral import MarketPrices
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.position_drift import PositionDrift
from connector.account.purse import BudgetSources
from connector.core.amounts import NAN
from connector.core.clock import Clock
from connector.exchange.book_source import BookSource
from connector.exchange.bus import Bus
from connector.exchange.cross_check import CrossCheck
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.door import Door
from connector.exchange.funding_facts import FundingFacts
from connector.exchange.funding_source import FundingSource
from connector.exchange.gates import Gates
from connector.exchange.listing import TAKEOVER_PREFIXES, Listing
from connector.exchange.liveness import Liveness
from connector.exchange.order_entry import OrderEntry
from connector.exchange.parts import MarketParts, Parts
from connector.exchange.reconcile import Reconciler
from connector.exchange.stream_echo import StreamEcho
from connector.exchange.trade_check import TradeCheck
from connector.exchange.user_source import UserSource
from connector.exchange.venue_account import VenueAccount
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.sign import Signer
from connector.net.throttle import Throttle
from connector.orders.client_order_ids import ClientOrderIds
from connector.orders.takeovers import Takeovers
from connector.orders.tracker import Memory, Tracker
from connector.venue.domains import Domain
from connector.venue.markets import USDM_ACCOUNT, USDM_MARKET, AccountRow, MarketRow


def assemble(
    domain: Domain, signer: Signer, trading_pairs: tuple[str, ...], tag: str, clock: Clock
) -> PerpetualDerivative:
    """One connector for one account of one domain. `tag` marks its orders: no other bot of the account has it."""
    market, account_row = USDM_MARKET, USDM_ACCOUNT

    # The way out: requests are throttled, signed, sent, and their answers classified.
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    gateway.sign_with(signer)
    account = VenueAccount(gateway)

    # What is known: the exchange's rules, the market, our orders, our account.
    listing = Listing(trading_pairs)
    feed = MarketFeed(only_family=market.family)
    bus = Bus()
    gates = Gates(bus, clock)
    tracker = Tracker(listing.rules, Takeovers(TAKEOVER_PREFIXES, listing.pair_of), Memory())
    facts = _Facts(listing, feed)
    names = LedgerNames(domain.name, listing.pair_of, facts.funding_rate)
    ledger = Ledger(names, FundingPayments(), PositionDrift())

    # The one door by which reports change it, and events leave.
    door = Door(tracker, ledger, bus, clock)

    # The way of an intent: budget, entry, and the look-ups that settle what was not answered.
    fees: dict[str, Decimal] = {}
    budget = BudgetChecker(ledger, _budget_sources((market, account_row), listing, tracker, facts, fees))
    ids = ClientOrderIds(tag, clock.now_ms())
    echo = StreamEcho()
    entry = OrderEntry(gateway, account, tracker, door, ids, clock, lambda: gates.ready, echo)
    reconciler = Reconciler(gateway, account, entry, tracker, door, budget, clock, feed.symbols)

    # The way in: one stream a route, each judged by its age.
    cross_check, trade_check = CrossCheck(gateway, feed, clock), TradeCheck(gateway, feed, clock)
    books = BookSource(gateway, feed, market, gates, clock, cross_check)
    funding = FundingSource(domain, feed, market, gates, clock, trade_check)
    funding_facts = FundingFacts(gateway, feed, bus, clock)
    user = UserSource(domain, account_row, account, door, gates, clock, reconciler.compare_all, echo)
    liveness = Liveness(feed, (books, funding), (cross_check, trade_check), user, gates, clock)

    return PerpetualDerivative(
        Parts(
            clock, market.contract, http, gateway, account, listing, feed, bus, gates, tracker, ledger, door, budget,
            fees, ids, entry, reconciler, books, funding, funding_facts, user, cross_check, trade_check, liveness,
        )
    )  # fmt: skip


def assemble_market(domain: Domain, trading_pairs: tuple[str, ...], clock: Clock) -> MarketParts:
    """What listens to a market without trading there: no key is asked for."""
    market = USDM_MARKET
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    feed = MarketFeed(only_family=market.family)
    gates = Gates(Bus(), clock)
    cross_check, trade_check = CrossCheck(gateway, feed, clock), TradeCheck(gateway, feed, clock)
    books = BookSource(gateway, feed, market, gates, clock, cross_check)
    funding = FundingSource(domain, feed, market, gates, clock, trade_check)
    return MarketParts(http, gateway, VenueAccount(gateway), Listing(trading_pairs), feed, books, funding)


def _budget_sources(
    rows: tuple[MarketRow, AccountRow],
    listing: Listing,
    tracker: Tracker,
    facts: "_Facts",
    fees: dict[str, Decimal],
) -> BudgetSources:
    """Ghosts hold margin too: the exchange has them, though they were given up. A fee that was not read yet is
    taken to be the regular one."""
    market, account_row = rows
    return BudgetSources(
        contract=market.contract,
        rules=listing.rules,
        working_orders=lambda: (*tracker.active, *tracker.ghosts()),
        prices_of=facts.prices_of,
        fee_rate=lambda trading_pair: fees.get(trading_pair, account_row.regular_taker_rate),
    )


class _Facts:
    """Market figures that the account's arithmetic asks for, by pair and by symbol."""

    def __init__(self, listing: Listing, feed: MarketFeed) -> None:
        self._listing = listing
        self._feed = feed

    def funding_rate(self, symbol: str, at_ms: int) -> Decimal:
        """The last forecast before the settlement: what the venue settled by."""
        rate = self._feed.symbols[symbol].funding.rate if symbol in self._feed.symbols else None
        return NAN if rate is None else rate

    def prices_of(self, trading_pair: str) -> MarketPrices:
        symbol_feed = self._feed.symbols[self._listing.rules[trading_pair].symbol]
        bid, ask = symbol_feed.book.touch_bid, symbol_feed.book.touch_ask
        mark = symbol_feed.funding.mark_price or (bid[0] if bid else NAN)
        last = symbol_feed.trades[-1].price if symbol_feed.trades else mark
        return MarketPrices(mark, last, bid[0] if bid else mark, ask[0] if ask else mark)
