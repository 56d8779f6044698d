"""Builds the connector. Read from top to bottom, it is the architecture."""

from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.collateral import MarketPrices
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.margin_preview import BudgetSources
from connector.account.position_drift import PositionDrift
from connector.core.amounts import NAN
from connector.core.clock import Clock
from connector.exchange.account.ack_event_watch import AckEventWatch
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.user_source import UserSource
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.gates import Gates
from connector.exchange.market_data.book_source import BookSource
from connector.exchange.market_data.funding_terms import FundingTermsSource
from connector.exchange.market_data.mark_trade_source import MarkTradeSource
from connector.exchange.market_data.quiet_book_check import QuietBookCheck
from connector.exchange.market_data.quiet_trades_check import QuietTradesCheck
from connector.exchange.network.components import Components, MarketComponents
from connector.exchange.network.liveness import Liveness
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.reconcile import Reconciler
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.sign import Signer
from connector.net.throttle import Throttle
from connector.orders.client_order_ids import ClientOrderIds
from connector.orders.system_orders import SystemOrders
from connector.orders.tracker import Memory, Tracker
from connector.venue.domains import Domain
from connector.venue.markets import USDM_ACCOUNT, USDM_MARKET, AccountRow, MarketRow
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES


def assemble(
    domain: Domain, signer: Signer, trading_pairs: tuple[str, ...], tag: str, clock: Clock
) -> PerpetualDerivative:
    """One connector for one account of one domain. `tag` marks its orders: no other bot of the account has it."""
    market, account_row = USDM_MARKET, USDM_ACCOUNT

    # The way out: requests are throttled, signed, sent, and their answers classified.
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    gateway.sign_with(signer)
    account = VenueApi(gateway)

    # What is known: the exchange's rules, the market, our orders, our account.
    listing = PairRules(trading_pairs)
    feed = MarketFeed(only_family=market.family)
    bus = Bus()
    gates = Gates(bus, clock)
    tracker = Tracker(listing.rules, SystemOrders(SYSTEM_ORDER_PREFIXES, listing.pair_of), Memory())
    facts = _Facts(listing, feed)
    names = LedgerNames(domain.name, listing.pair_of, facts.funding_rate)
    ledger = Ledger(names, FundingPayments(), PositionDrift())

    # The one door by which reports change it, and events leave.
    dispatcher = ReportDispatcher(tracker, ledger, bus, clock)

    # The way of an intent: budget, entry, and the look-ups that settle what was not answered.
    fees: dict[str, Decimal] = {}
    budget = BudgetChecker(ledger, _budget_sources((market, account_row), listing, tracker, facts, fees))
    ids = ClientOrderIds(tag, clock.now_ms())
    echo = AckEventWatch()
    entry = OrderEntry(gateway, account, tracker, dispatcher, ids, clock, lambda: gates.ready, echo)
    reconciler = Reconciler(gateway, account, entry, tracker, dispatcher, budget, clock, feed.symbols)

    # The way in: one stream a route, each judged by its age.
    cross_check, trade_check = QuietBookCheck(gateway, feed, clock), QuietTradesCheck(gateway, feed, clock)
    books = BookSource(gateway, feed, market, gates, clock, cross_check)
    funding = MarkTradeSource(domain, feed, market, gates, clock, trade_check)
    funding_facts = FundingTermsSource(gateway, feed, bus, clock)
    user = UserSource(domain, account_row, account, dispatcher, gates, clock, reconciler.compare_all, echo)
    liveness = Liveness(feed, (books, funding), (cross_check, trade_check), user, gates, clock)

    return PerpetualDerivative(
        Components(
            clock, market.contract, http, gateway, account, listing, feed, bus, gates, tracker, ledger, dispatcher,
            budget, fees, ids, entry, reconciler, books, funding, funding_facts, user, cross_check, trade_check,
            liveness,
        )
    )  # fmt: skip


def assemble_market(domain: Domain, trading_pairs: tuple[str, ...], clock: Clock) -> MarketComponents:
    """What listens to a market without trading there: no key is asked for."""
    market = USDM_MARKET
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    feed = MarketFeed(only_family=market.family)
    gates = Gates(Bus(), clock)
    cross_check, trade_check = QuietBookCheck(gateway, feed, clock), QuietTradesCheck(gateway, feed, clock)
    books = BookSource(gateway, feed, market, gates, clock, cross_check)
    funding = MarkTradeSource(domain, feed, market, gates, clock, trade_check)
    return MarketComponents(http, gateway, VenueApi(gateway), PairRules(trading_pairs), feed, books, funding)


def _budget_sources(
    rows: tuple[MarketRow, AccountRow],
    listing: PairRules,
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

    def __init__(self, listing: PairRules, feed: MarketFeed) -> None:
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
