"""Builds the connector. Read from top to bottom, it is the architecture."""

from collections.abc import Mapping
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.margin_preview import BudgetSources
from connector.account.position_drift import PositionDrift
from connector.core.clock import Clock
from connector.core.faults import ArgumentFault
from connector.core.reports import FundingReport, ReportSource
from connector.core.trading_rule import TradingRule
from connector.exchange.account.account_settings import AccountSettings
from connector.exchange.account.ack_event_watch import AckEventWatch
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.user_source import UserSource
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.bus import Bus
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.gates import Gates
from connector.exchange.instance import Instance
from connector.exchange.market_data.funding_terms import FundingTermsSource
from connector.exchange.market_data.market_streams import market_streams
from connector.exchange.market_data.price_lookup import PriceLookup
from connector.exchange.network.components import Components, MarketComponents
from connector.exchange.network.limit_watch import LimitWatch
from connector.exchange.network.liveness import Liveness
from connector.exchange.network.tasks import Tasks
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.cancellation import Cancellation
from connector.exchange.orders.last_act import LastAct
from connector.exchange.orders.order_entry import EntryPermit, OrderEntry, OrderTerms
from connector.exchange.orders.reconcile import Reconciler
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.sign import Signer
from connector.net.throttle import Throttle
from connector.orders.client_order_ids import OrderIds
from connector.orders.journal_replay import EarlierLives, replayed
from connector.orders.saved_orders import saved
from connector.orders.system_orders import SystemOrders
from connector.orders.tracker import Memory, Tracker
from connector.venue.domains import Domain
from connector.venue.markets import USDM_ACCOUNT, USDM_MARKET
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES


def assemble(
    domain: Domain,
    signer: Signer,
    trading_pairs: tuple[str, ...],
    instance: Instance | str,
    clock: Clock,
    throttle: Throttle | None = None,
) -> PerpetualDerivative:
    """One connector for one account of one domain. An instance that is a tag alone has no journal.

    `throttle`: the limits it keeps; of an address, or an account, that others use too, a part of them, or their pool.

    Raises `ArgumentFault` for pairs that are no tuple of texts, `ConfigFault` for ids that need a journal.
    """
    whole = Instance(instance) if isinstance(instance, str) else instance
    pairs = _checked(trading_pairs)
    return PerpetualDerivative(_components(domain, signer, pairs, whole, clock, throttle or Throttle()))


def _components(
    domain: Domain, signer: Signer, trading_pairs: tuple[str, ...], instance: Instance, clock: Clock, throttle: Throttle
) -> Components:
    # 1. The way out: requests are throttled, signed, sent, and their answers classified.
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, throttle, clock)
    gateway.sign_with(signer)
    api = VenueApi(gateway)

    # 2. What is known: the exchange's rules, the market, our orders, our account.
    pair_rules = PairRules(trading_pairs)
    feed = MarketFeed(only_family=USDM_MARKET.family)
    prices = PriceLookup(pair_rules, feed)
    bus = Bus()
    gates = Gates(bus, clock)
    tracker = Tracker(pair_rules.rules, SystemOrders(SYSTEM_ORDER_PREFIXES, pair_rules.pair_of), Memory())
    ledger = Ledger(_ledger_names(domain, pair_rules, prices), FundingPayments(), PositionDrift())

    # 3. What earlier lives left, and the one way by which reports change what is known, and events leave.
    journaling = OrderJournaling(instance.journal, tracker, earlier := replayed(instance.records))
    ids = instance.ids(earlier, clock.now_ms())
    _remember(earlier, tracker, ledger, clock)
    dispatcher = ReportDispatcher(tracker, ledger, bus, clock, journaling)

    # 4. The way of an intent: budget, entry, and the look-ups that settle what was not answered.
    fees: dict[str, Decimal] = {}
    budget = BudgetChecker(ledger, _budget_sources(tracker, pair_rules.rules, prices, fees))
    tasks = Tasks()
    venue = VenueSide(gateway, api, dispatcher, AckEventWatch())
    permit = EntryPermit(lambda: gates.ready, tasks, journaling)
    entry = OrderEntry(venue, _order_terms(pair_rules, prices, ledger, ids), tracker, clock, permit)
    cancellation = Cancellation(entry, api, tracker, clock, feed.symbols)
    last_act = LastAct(gateway, api, tracker, clock)
    reconciler = Reconciler(venue, entry, tracker, budget, clock, feed.symbols, journaling)
    settings = AccountSettings(api, dispatcher, gates)

    # 5. The way in: one stream a route, each judged by its age.
    streams = market_streams(gateway, feed, USDM_MARKET, gates, clock)
    funding_terms = FundingTermsSource(gateway, feed, bus, clock)
    user = UserSource(USDM_ACCOUNT, venue, gates, clock, reconciler.compare_all)
    liveness = Liveness(feed, streams, user, gates, clock)
    limits = LimitWatch(gateway, api, gates, bus, clock)

    return Components(
        clock=clock, instance=instance, contract=USDM_MARKET.contract, http=http, gateway=gateway, api=api,
        pair_rules=pair_rules, feed=feed, bus=bus, gates=gates, tracker=tracker, journaling=journaling, ledger=ledger,
        dispatcher=dispatcher, budget=budget, fees=fees, prices=prices, settings=settings, ids=ids, tasks=tasks,
        entry=entry, cancellation=cancellation, last_act=last_act, reconciler=reconciler, streams=streams,
        funding_terms=funding_terms, user=user, liveness=liveness, limits=limits,
    )  # fmt: skip


def _remember(earlier: EarlierLives, tracker: Tracker, ledger: Ledger, clock: Clock) -> None:
    """Tracks the journal's orders again. What was not answered is unknown: the answer went to a life that is over."""
    tracker.restore({name: saved(order) for name, order in earlier.orders.items()}, clock.now_ms())
    earlier.orders.clear()  # from here on they are the tracker's, which forgets what is settled
    for paid in earlier.payments:
        ledger.remember_payment(
            FundingReport(ReportSource.LOCAL, paid.symbol, paid.asset, paid.amount, paid.time_ms, paid.income_id)
        )


def _budget_sources(
    tracker: Tracker, rules: Mapping[str, TradingRule], prices: PriceLookup, fees: Mapping[str, Decimal]
) -> BudgetSources:
    return BudgetSources(
        contract=USDM_MARKET.contract,
        rules=rules,
        # Ghosts hold margin too: the exchange has them, though they were given up.
        working_orders=lambda: (*tracker.active, *tracker.ghosts()),
        prices_of=prices.prices_of,
        # A fee that was not read yet is taken to be the regular one.
        fee_rate=lambda trading_pair: fees.get(trading_pair, USDM_ACCOUNT.regular_taker_rate),
    )


def _ledger_names(domain: Domain, pair_rules: PairRules, prices: PriceLookup) -> LedgerNames:
    return LedgerNames(domain.name, pair_rules.pair_of, prices.funding_rate)


def _order_terms(pair_rules: PairRules, prices: PriceLookup, ledger: Ledger, ids: OrderIds) -> OrderTerms:
    return OrderTerms(
        rule_of=pair_rules.rule,
        leverage_of=ledger.assumed_leverage,
        mark_price_of=prices.mark_price,
        position_mode=lambda: ledger.assumed_mode,
        client_order_ids=ids,
    )


def assemble_market(domain: Domain, trading_pairs: tuple[str, ...], clock: Clock) -> MarketComponents:
    """What listens to a market without trading there: no key is asked for."""
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    feed = MarketFeed(only_family=USDM_MARKET.family)
    streams = market_streams(gateway, feed, USDM_MARKET, Gates(Bus(), clock), clock)
    return MarketComponents(http, gateway, VenueApi(gateway), PairRules(_checked(trading_pairs)), feed, streams)


def _checked(trading_pairs: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(trading_pairs, str):
        raise ArgumentFault("trading_pairs", trading_pairs, "is one text", f"write ({trading_pairs!r},)")
    for trading_pair in trading_pairs:
        if not isinstance(trading_pair, str):
            raise ArgumentFault("trading_pairs", trading_pair, "is no text", 'such as ("BTC-USDT",)')
    return tuple(trading_pairs)
