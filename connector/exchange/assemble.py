"""Builds the connector. Read from top to bottom, it is the architecture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.margin_state import BudgetSources
from connector.account.order_traffic import OrderTraffic
from connector.account.position_drift import PositionDrift
from connector.account.setting_watch import SettingWatch
from connector.config.connector_settings import ConnectorSettings
from connector.core.amounts import HUNDRED
from connector.core.clock import Clock
from connector.core.enums import OrderWay, SelfTradePrevention
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.reports import FundingReport, ReportSource
from connector.core.trade_fee import CommissionRate
from connector.exchange.account.account_settings import AccountSettings
from connector.exchange.account.ack_event_watch import AckEventWatch
from connector.exchange.account.asset_prices import AssetPrices
from connector.exchange.account.factor_permit import EVERYTHING, Permit
from connector.exchange.account.funding_history import FundingHistory, Paid
from connector.exchange.account.insurance_watch import InsuranceWatch
from connector.exchange.account.order_limits import OrderLimits
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.payment_asks import PaymentAsks
from connector.exchange.account.remedies import Reading, Remedies
from connector.exchange.account.rule_keeper import RuleKeeper
from connector.exchange.account.settled_rates import SettledRates
from connector.exchange.account.trade_watch import TradeWatch
from connector.exchange.account.user_source import UserSource
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.bus import Bus
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.gates import USER_STREAM, Gates
from connector.exchange.instance import Instance
from connector.exchange.market_data.contract_info_source import ContractInfoSource
from connector.exchange.market_data.funding_terms import FundingTermsSource
from connector.exchange.market_data.market_history import MarketHistory
from connector.exchange.market_data.market_streams import market_streams
from connector.exchange.market_data.price_lookup import PriceLookup
from connector.exchange.network.account_watch import AccountWatch, Consequences
from connector.exchange.network.components import Components, MarketComponents
from connector.exchange.network.dead_man_switch import DeadManSwitch, Surroundings
from connector.exchange.network.factor_watch import FactorWatch
from connector.exchange.network.key_watch import KeyWatch
from connector.exchange.network.limit_watch import LimitWatch
from connector.exchange.network.liveness import Liveness
from connector.exchange.network.openings_file import OpeningsFile
from connector.exchange.network.order_way_watch import OrderWayWatch
from connector.exchange.network.tasks import Tasks
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.batches import Batches
from connector.exchange.orders.cancellation import Cancellation
from connector.exchange.orders.entry_terms import EntryPermit, OrderTerms
from connector.exchange.orders.last_act import LastAct
from connector.exchange.orders.modifications import Modifications
from connector.exchange.orders.openings import Openings
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.quick_entry import EntryParts, QuickEntry, QuickWishes
from connector.exchange.orders.reconcile import Reconciler, Sight
from connector.exchange.orders.refusals import Refusals
from connector.exchange.push import Push
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.exchange.risk_assembly import order_judges, risk_watch
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer
from connector.orders.client_order_ids import OrderIds
from connector.orders.foreign_fills import ForeignFills
from connector.orders.journal_replay import EarlierLives, replayed
from connector.orders.saved_orders import saved
from connector.orders.system_orders import SystemOrders
from connector.orders.tracker import Memory, Tracker
from connector.venue.domains import Domain
from connector.venue.markets import DEPTH_STREAMS, USDM_ACCOUNT, USDM_MARKET, MarketRow
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES
from connector.venue.refusals import Reread

#: How the client ids of the venue's own orders begin.
_OF_THE_VENUE = tuple(SYSTEM_ORDER_PREFIXES)


def assemble(
    domain: Domain,
    signer: Signer,
    trading_pairs: tuple[str, ...],
    instance: Instance | str,
    clock: Clock,
    throttle: Throttle | None = None,
    settings: ConnectorSettings | None = None,
    factor: Permit = EVERYTHING,
) -> PerpetualDerivative:
    """One connector for one account of one domain. An instance that is a tag alone has no journal.

    `throttle`: the limits it keeps; of an address, or an account, that others use too, a part of them, or their pool.
    `settings`: the connector's own; those of journal and ids are of the instance. `factor`: what
    a second factor permits.

    Raises `ArgumentFault` for pairs that are no tuple of texts, `ConfigFault` for ids that need a journal.
    """
    whole = Instance(instance) if isinstance(instance, str) else instance
    pairs = _checked(trading_pairs)
    own = settings or ConnectorSettings()
    # 1. The way out: requests are throttled, signed, sent, and their answers classified.
    http = Http(through_proxy=not domain.is_local)
    limits = throttle or Throttle(share=own.rate_limit_share / HUNDRED)
    gateway = Gateway(domain, http, limits, clock, own.recv_window, OrderWay(own.order_entry))
    gateway.sign_with(signer)
    components = _components(gateway, pairs, whole, clock, own, factor)
    _take_short_ways(components, own)
    return PerpetualDerivative(components, MarketHistory(gateway, components.pair_rules))


def _components(
    gateway: Gateway, pairs: tuple[str, ...], instance: Instance, clock: Clock, own: ConnectorSettings, factor: Permit
) -> Components:
    api = VenueApi(gateway, own.orders_request_size_limit, own.trades_request_size_limit)
    # 2. What is known: the exchange's rules, the market, our orders, our account.
    pair_rules, feed = PairRules(pairs), MarketFeed(only_family=USDM_MARKET.family)
    bus, tasks, prices, commissions = Bus(), Tasks(), PriceLookup(pair_rules, feed), dict[str, CommissionRate]()
    gates, traffic = Gates(bus, clock), OrderTraffic(pair_rules.pair_of)
    tracker = Tracker(pair_rules.rules, SystemOrders(SYSTEM_ORDER_PREFIXES, pair_rules.pair_of), Memory())
    ledger = _ledger(gateway, pair_rules, tracker)

    # 3. What earlier lives left, and the one way by which reports change what is known, and events leave.
    journaling, ids = _after_earlier_lives(instance, tracker, ledger, clock)
    dispatcher = ReportDispatcher(tracker, ledger, bus, clock, journaling, traffic, _foreign_fills(pair_rules, ids))

    # 4. The way of an intent: budget, entry, and the look-ups that settle what was not answered.
    budget = _budget(ledger, tracker, traffic, pair_rules, prices, commissions, own)
    venue = VenueSide(gateway, api, dispatcher, AckEventWatch(), TradeWatch(), PaymentAsks(), bus)
    refusals, openings = Refusals(bus, clock, tracker.order), Openings(bus, clock)
    permit = _permit(gates, tasks, journaling, refusals, openings, order_judges(own, budget, clock))
    terms = _order_terms(pair_rules, prices, ledger, ids, own)
    entry = OrderEntry(venue, terms, tracker, clock, permit)
    modifications = Modifications(venue, terms, permit, clock, tracker.order, entry.look_up)
    sight = _sight(gates, ledger, traffic)
    reconciler = Reconciler(venue, entry, tracker, budget, clock, feed.symbols, journaling, sight)

    # 5. The way in: one stream a route, each judged by its age.
    streams = market_streams(gateway, feed, _market_of(own), gates, clock, own.read_every_ms)
    then = _consequences(own, gates, openings, reconciler, pair_rules)
    watch = _account_watch(venue, factor, then, pair_rules, clock)
    contracts = _contracts(gateway, venue, pair_rules, watch, clock)
    user = UserSource(USDM_ACCOUNT, venue, gates, clock, reconciler.compare_all, own.websocket_heartbeat_interval)
    return Components(
        gateway=gateway, pair_rules=pair_rules, tracker=tracker, ledger=ledger, refusals=refusals, streams=streams,
        instance=instance, journaling=journaling, dispatcher=dispatcher, reconciler=reconciler, contract_info=contracts,
        clock=clock, http=gateway.http, bus=bus, gates=gates, budget=budget, prices=prices, tasks=tasks, entry=entry,
        user=user, api=api, ids=ids, modifications=modifications, batches=Batches(gateway, entry, modifications, tasks),
        commissions=commissions, cancellation=Cancellation(entry, api, tracker, clock, feed.symbols),
        account_watch=watch, funding_history=_funding_history(venue, journaling, Paid(pair_rules, feed, ledger), clock),
        feed=feed, liveness=Liveness(feed, streams, user, gates, clock, round(own.stale_websocket_timeout * 1000)),
        funding_terms=FundingTermsSource(gateway, feed, bus, clock), limits=LimitWatch(gateway, api, gates, bus, clock),
        contract=USDM_MARKET.contract, order_way=OrderWayWatch(gateway.order_sockets, bus, clock, refusals.hear_logon),
        remedies=Remedies(bus, clock, tracker.order, _readings(contracts.keeper, watch, reconciler)), openings=openings,
        last_act=LastAct(gateway, api, tracker, clock), openings_file=OpeningsFile(own.openings_file, openings),
        asset_prices=_asset_prices(api, clock, ledger, pair_rules), key_watch=KeyWatch(gateway, openings, clock),
        factor_watch=FactorWatch(factor, openings, lambda: map(ledger.assumed_leverage, pair_rules.symbols()), bus),
        risk=risk_watch(instance, venue, entry, then, budget, ledger, reconciler.while_away.read_transfers),
        switch=_switch(own, api, Surroundings(gateway, gates, tracker, feed.symbols, ids.is_own), bus, clock),
        takes_ember_orders=own.ember_orders, push=Push(bus, dispatcher, gates, pair_rules.pair_of),
    )  # fmt: skip


def _take_short_ways(parts: Components, own: ConnectorSettings) -> None:
    """Orders, changes and cancels go to the WS-API in one call where that can be."""
    cancels, modifications = parts.entry.cancels, parts.modifications
    asked = EntryParts(
        parts.gateway, parts.clock, parts.tracker, parts.ledger, parts.pair_rules.rules, parts.feed.symbols, parts.ids,
        parts.tasks, parts.journaling, parts.gates, parts.openings, parts.refusals,
        parts.budget if own.check_budget else None, parts.commissions,
        SelfTradePrevention(own.self_trade_prevention_mode), parts.entry.limits, cancels.left,
    )  # fmt: skip
    parts.entry.quick = QuickEntry(asked)
    cancels.quick = modifications.quick = QuickWishes(asked, cancels.pursued, modifications.worn_out)


def _foreign_fills(pair_rules: PairRules, ids: OrderIds) -> ForeignFills:
    return ForeignFills(pair_rules.pair_of, lambda name: ids.is_own(name) or name.startswith(_OF_THE_VENUE))


def _consequences(
    settings: ConnectorSettings, gates: Gates, openings: Openings, reconciler: Reconciler, pair_rules: PairRules
) -> Consequences:
    stops = settings.on_foreign_mode_change == "stop"
    return Consequences(gates, openings, stops, reconciler.compare_account, pair_rules.symbols)


def _account_watch(
    venue: VenueSide, factor: Permit, then: Consequences, pair_rules: PairRules, clock: Clock
) -> AccountWatch:
    own = AccountSettings(venue.api, venue.dispatcher, then.gates, factor)
    watch = SettingWatch(pair_rules.pair_of, lambda: own.changes.are_ours)
    return AccountWatch(venue, watch, own, then, InsuranceWatch(venue, pair_rules, clock), clock)


def _contracts(
    gateway: Gateway, venue: VenueSide, pair_rules: PairRules, watch: AccountWatch, clock: Clock
) -> ContractInfoSource:
    keeper = RuleKeeper(pair_rules, venue.api, venue.bus, clock)
    return ContractInfoSource(gateway, USDM_MARKET, keeper, watch.read_soon, clock)


def _market_of(settings: ConnectorSettings) -> MarketRow:
    ticker = USDM_MARKET.book_ticker_stream if settings.book_ticker else ""
    return replace(USDM_MARKET, depth_stream=DEPTH_STREAMS[settings.depth_speed], book_ticker_stream=ticker)


def _switch(settings: ConnectorSettings, api: VenueApi, around: Surroundings, bus: Bus, clock: Clock) -> DeadManSwitch:
    return DeadManSwitch(settings.cancel_on_disconnect, api, around, bus, clock)


def _ledger(gateway: Gateway, pair_rules: PairRules, tracker: Tracker) -> Ledger:
    names = LedgerNames(gateway.domain.name, pair_rules.pair_of)
    ledger = Ledger(names, FundingPayments(), PositionDrift(waits=tracker.system_orders.waits))
    gateway.clock_meter.step_back_watchers.append(ledger.step_back)
    return ledger


def _after_earlier_lives(
    instance: Instance, tracker: Tracker, ledger: Ledger, clock: Clock
) -> tuple[OrderJournaling, OrderIds]:
    earlier = replayed(instance.records)
    journaling = OrderJournaling(instance.journal, tracker, earlier)
    ids = instance.ids(earlier, clock.now_ms())
    _remember(earlier, tracker, ledger, clock)
    return journaling, ids


def _remember(earlier: EarlierLives, tracker: Tracker, ledger: Ledger, clock: Clock) -> None:
    """Tracks the journal's orders again. What was not answered is unknown: the answer went to a life that is over."""
    tracker.restore({name: saved(order) for name, order in earlier.orders.items()}, clock.now_ms())
    earlier.orders.clear()  # from here on they are the tracker's, which forgets what is settled
    for paid in earlier.payments:
        ledger.remember_payment(
            FundingReport(
                ReportSource.LOCAL, paid.symbol, paid.asset, paid.amount, paid.time_ms, paid.income_id, paid.is_special
            )
        )


def _permit(
    gates: Gates,
    tasks: Tasks,
    journaling: OrderJournaling,
    refusals: Refusals,
    openings: Openings,
    judges: tuple[Callable[[OrderIntent], str], OrderLimits],
) -> EntryPermit:
    unpaid, limits = judges
    return EntryPermit(
        may_send=lambda: gates.ready and openings.is_open,
        may_close=lambda: gates.may_close,
        kept_back=refusals.keeps_back,
        change_kept_back=refusals.keeps_change_back,
        tasks=tasks,
        journaling=journaling,
        shut=openings.keeps_back,
        unpaid=unpaid,
        limits=limits,
    )


def _sight(gates: Gates, ledger: Ledger, traffic: OrderTraffic) -> Sight:
    return Sight(
        others_listed=traffic.listed,
        is_heard=lambda: gates.holds(USER_STREAM),
        suspects_drift=lambda: ledger.suspects_drift,
    )


def _readings(keeper: RuleKeeper, watch: AccountWatch, reconciler: Reconciler) -> dict[Reread, Reading]:
    async def rules(symbol: str) -> None:
        await keeper.read()

    async def position(symbol: str) -> None:
        await reconciler.compare_account()

    async def leverage(symbol: str) -> None:
        watch.read_leverage_soon(symbol)

    async def mode(symbol: str) -> None:
        watch.read_modes_soon()

    return {Reread.RULES: rules, Reread.POSITION: position, Reread.LEVERAGE: leverage, Reread.MODE: mode}


def _funding_history(venue: VenueSide, journaling: OrderJournaling, paid: Paid, clock: Clock) -> FundingHistory:
    return FundingHistory(venue, SettledRates(venue.api, paid.feed), journaling, paid, clock)


def _asset_prices(api: VenueApi, clock: Clock, ledger: Ledger, pair_rules: PairRules) -> AssetPrices:
    """Of no asset, while no fee can be paid in another one than the margin's."""

    def wanted() -> frozenset[str]:
        held = ledger.balance(USDM_ACCOUNT.discount_asset)
        if held is None or not held.wallet:
            return frozenset()
        return frozenset({held.asset, *(rule.margin_asset for rule in pair_rules.rules.values())})

    return AssetPrices(api, clock, wanted)


def _budget(
    ledger: Ledger,
    tracker: Tracker,
    traffic: OrderTraffic,
    pair_rules: PairRules,
    prices: PriceLookup,
    commissions: Mapping[str, CommissionRate],
    settings: ConnectorSettings,
) -> BudgetChecker:
    sources = BudgetSources(
        contract=USDM_MARKET.contract,
        rules=pair_rules.rules,
        # Ghosts hold margin too: the exchange has them, though they were given up.
        working_orders=lambda: (*tracker.active, *tracker.ghosts(), *traffic.orders),
        prices_of=prices.prices_of,
        fee_rate=lambda trading_pair: _taker_rate(commissions.get(trading_pair)),
        pair_of=pair_rules.pair_of,
        reserve_fees=settings.reserve_fees,
        late_fills=traffic.late_fills,
    )
    budget = BudgetChecker(ledger, sources)
    tracker.watcher = traffic.order_watcher = budget.take_order
    traffic.trade_watcher, traffic.late_watcher = budget.take_trade, budget.take_late
    return budget


def _taker_rate(commission: CommissionRate | None) -> Decimal:
    """A fee that was not read yet is taken to be the regular one."""
    return USDM_ACCOUNT.regular_taker_rate if commission is None else commission.taker


def _order_terms(
    pair_rules: PairRules, prices: PriceLookup, ledger: Ledger, ids: OrderIds, settings: ConnectorSettings
) -> OrderTerms:
    return OrderTerms(
        rule_of=pair_rules.rule,
        leverage_of=ledger.assumed_leverage,
        mark_price_of=prices.mark_price,
        position_mode=lambda: ledger.assumed_mode,
        client_order_ids=ids,
        touch_of=prices.touch,
        held=ledger.held,
        reprice_ticks=settings.post_only_reprice_ticks,
        self_trade_prevention=SelfTradePrevention(settings.self_trade_prevention_mode),
    )


def assemble_market(
    domain: Domain, trading_pairs: tuple[str, ...], clock: Clock, settings: ConnectorSettings | None = None
) -> MarketComponents:
    """What listens to a market without trading there: no key is asked for. `settings`: those of its streams count."""
    own = settings or ConnectorSettings()
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    feed, bus = MarketFeed(only_family=USDM_MARKET.family), Bus()
    gates = Gates(bus, clock)
    streams = market_streams(gateway, feed, _market_of(own), gates, clock, own.read_every_ms)
    liveness = Liveness(feed, streams, None, gates, clock)
    rules = PairRules(_checked(trading_pairs))
    return MarketComponents(http, gateway, VenueApi(gateway), rules, feed, streams, bus, gates, liveness)


def _checked(trading_pairs: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(trading_pairs, str):
        raise ArgumentFault("trading_pairs", trading_pairs, "is one text", f"write ({trading_pairs!r},)")
    for trading_pair in trading_pairs:
        if not isinstance(trading_pair, str):
            raise ArgumentFault("trading_pairs", trading_pair, "is no text", 'such as ("BTC-USDT",)')
    return tuple(trading_pairs)
