"""Streams about the whole market, and those of indices and sessions: each at its own pace, only when subscribed to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from connector.simulator.accounts.records import LiquidationPrint
from connector.simulator.clock import is_due, next_due
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.instruments import TRADIFI_PERPETUAL
from connector.simulator.market.listing import Listing
from connector.simulator.market.trading_hours import MARKETS, session_update
from connector.simulator.payloads.day_payloads import mini_ticker, ticker
from connector.simulator.payloads.index_payloads import asset_index_update, asset_symbols, composite_index
from connector.simulator.payloads.market_payloads import Payload, book_ticker, mark_price_update
from connector.simulator.streams.contract_feed import ContractFeed
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.liquidation_feed import LiquidationFeed

SECOND_MS = 1000
Frames = Iterable[object]


class WholeMarketFeed:
    """`prints` are the exchange's liquidations. `tick` is called at every pulse."""

    def __init__(
        self,
        listings: Mapping[str, Listing],
        prints: Sequence[LiquidationPrint],
        hub: Hub,
        collateral: CollateralPrices,
    ) -> None:
        self._listings, self._hub, self._collateral = listings, hub, collateral
        self._liquidations = LiquidationFeed(listings, prints, hub)
        self._contracts = ContractFeed(listings.values(), hub)
        self._by_base = {listing.instrument.base: listing for listing in reversed([*listings.values()])}
        self._published_trades: dict[tuple[str, str], int] = {}
        self._due_ms: dict[str, int] = {}
        assets = asset_symbols(listings.values())
        composite = [listing for listing in listings.values() if listing.instrument.components]
        self._streams: dict[str, tuple[int, Callable[[int], Frames]]] = {
            "!bookTicker": (5 * SECOND_MS, self._book_tickers),
            "!markPrice@arr@1s": (SECOND_MS, self._mark_prices),
            "!markPrice@arr": (3 * SECOND_MS, self._mark_prices),
            "!miniTicker@arr": (SECOND_MS, lambda now_ms: self._changed("!miniTicker@arr", mini_ticker, now_ms)),
            "!ticker@arr": (SECOND_MS, lambda now_ms: self._changed("!ticker@arr", ticker, now_ms)),
            "!assetIndex@arr": (SECOND_MS, lambda now_ms: [[self._asset(one, now_ms) for one in assets]]),
            "tradingSession": (SECOND_MS, lambda now_ms: [session_update(one, now_ms) for one in MARKETS.values()]),
            **{f"{one.lower()}@assetIndex": (SECOND_MS, self._one_asset(one)) for one in assets},
            **{f"{one.symbol.lower()}@compositeIndex": (SECOND_MS, self._composite(one)) for one in composite},
        }

    def tick(self, now_ms: int) -> None:
        for _ in self.pieces(now_ms):
            pass

    def pieces(self, now_ms: int) -> Iterator[None]:
        """`tick`, yielding after each stream that told of hundreds of contracts."""
        self._liquidations.tick(now_ms)
        self._contracts.tick(now_ms)
        for name, (every_ms, frames) in self._streams.items():
            if self._hub.is_subscribed(name) and is_due(now_ms, self._due_ms.get(name, 0), every_ms):
                self._due_ms[name] = next_due(now_ms, every_ms)
                for frame in frames(now_ms):
                    self._hub.publish(name, frame_of(frame))
                yield

    def _book_tickers(self, now_ms: int) -> Frames:
        return [book_ticker(listing, now_ms) for listing in self._listings.values()]

    def _mark_prices(self, now_ms: int) -> Frames:
        """Contracts on traditional finance come in a message of their own."""
        arrays: tuple[list[Payload], list[Payload]] = ([], [])
        for listing in self._listings.values():
            is_traditional = listing.instrument.contract_type == TRADIFI_PERPETUAL
            arrays[is_traditional].append(mark_price_update(listing, now_ms))
        return [array for array in arrays if array]

    def _changed(self, name: str, frame: Callable[[Listing, int], Payload], now_ms: int) -> Frames:
        """One array of the contracts that traded since the stream's last one."""
        rows = []
        for symbol, listing in self._listings.items():
            last = listing.tape.last
            if last is not None and self._published_trades.get((name, symbol)) != last.trade_id:
                self._published_trades[name, symbol] = last.trade_id
                rows.append(frame(listing, now_ms))
        return [rows] if rows else []

    def _asset(self, symbol: str, now_ms: int) -> Payload:
        return asset_index_update(symbol, self._collateral, now_ms)

    def _one_asset(self, symbol: str) -> Callable[[int], Frames]:
        return lambda now_ms: [self._asset(symbol, now_ms)]

    def _composite(self, listing: Listing) -> Callable[[int], Frames]:
        return lambda now_ms: [composite_index(listing, self._by_base, now_ms)]
