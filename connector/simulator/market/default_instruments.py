"""What a local exchange lists when nobody says otherwise: the two great contracts and a handful of others, one of
which is margined in USDC and one announced and not traded yet.

Filters have the form and size of the live ones as of 2026-11; brackets below the two great ones are one common
table scaled by how much a contract trades. Prices are where the background begins.
"""

from dataclasses import replace
from decimal import Decimal

from connector.simulator.market.instruments import (
    PENDING_TRADING,
    TRADIFI_PERPETUAL,
    Bracket,
    Instrument,
    brackets_of,
)

#: Leverage, cap in units of a contract's `depth`, and maintenance rate.
_LADDER = (
    (75, 1, "0.0065"),
    (50, 4, "0.01"),
    (25, 16, "0.02"),
    (20, 32, "0.025"),
    (10, 80, "0.05"),
    (5, 160, "0.1"),
    (4, 200, "0.125"),
    (3, 300, "0.1667"),
    (2, 500, "0.25"),
    (1, 1_000, "0.5"),
)
#: 2020-09-14, when the smaller ones here were listed.
_ONBOARD_MS = 1_600_041_600_000
#: 2024-01-04, when BTCUSDC was listed.
_USDC_ONBOARD_MS = 1_704_326_400_000


def _brackets(depth: int) -> tuple[Bracket, ...]:
    return brackets_of(tuple((leverage, units * depth, rate) for leverage, units, rate in _LADDER))


BTCUSDT = Instrument(
    symbol="BTCUSDT",
    base="BTC",
    quote="USDT",
    tick=Decimal("0.10"),
    step=Decimal("0.001"),
    price_precision=2,
    quantity_precision=3,
    min_price=Decimal("556.80"),
    max_price=Decimal("4529764"),
    max_quantity=Decimal(1000),
    market_max_quantity=Decimal(120),
    min_notional=Decimal(50),
    start_price=Decimal(60000),
    brackets=brackets_of(
        (
            (125, 300_000, "0.004"),
            (100, 800_000, "0.005"),
            (75, 3_000_000, "0.0065"),
            (50, 12_000_000, "0.01"),
            (25, 70_000_000, "0.02"),
            (20, 100_000_000, "0.025"),
            (10, 230_000_000, "0.05"),
            (5, 480_000_000, "0.1"),
            (4, 600_000_000, "0.125"),
            (3, 800_000_000, "0.15"),
            (2, 1_200_000_000, "0.25"),
            (1, 1_800_000_000, "0.5"),
        )
    ),
    onboard_ms=1_569_398_400_000,
    underlying_sub_types=("PoW",),
    background_levels=1_100,
)
ETHUSDT = Instrument(
    symbol="ETHUSDT",
    base="ETH",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.001"),
    price_precision=2,
    quantity_precision=3,
    min_price=Decimal("39.86"),
    max_price=Decimal("306177"),
    max_quantity=Decimal(10000),
    market_max_quantity=Decimal(2000),
    min_notional=Decimal(20),
    start_price=Decimal(3000),
    brackets=brackets_of(
        (
            (125, 300_000, "0.004"),
            (100, 800_000, "0.005"),
            (75, 3_000_000, "0.0065"),
            (50, 12_000_000, "0.01"),
            (25, 50_000_000, "0.02"),
            (20, 65_000_000, "0.025"),
            (10, 150_000_000, "0.05"),
            (5, 320_000_000, "0.1"),
            (4, 400_000_000, "0.125"),
            (3, 530_000_000, "0.15"),
            (2, 800_000_000, "0.25"),
            (1, 1_200_000_000, "0.5"),
        )
    ),
    onboard_ms=1_574_841_600_000,
    underlying_sub_types=("Layer-1",),
)
#: The two great contracts.
MAJORS = (BTCUSDT, ETHUSDT)
SOLUSDT = Instrument(
    symbol="SOLUSDT",
    base="SOL",
    quote="USDT",
    tick=Decimal("0.0100"),
    step=Decimal("0.01"),
    price_precision=4,
    quantity_precision=2,
    min_price=Decimal("0.4200"),
    max_price=Decimal("6857"),
    max_quantity=Decimal(1_000_000),
    market_max_quantity=Decimal(50_000),
    min_notional=Decimal(5),
    start_price=Decimal(150),
    brackets=_brackets(250_000),
    onboard_ms=_ONBOARD_MS,
    underlying_sub_types=("Layer-1",),
    background_every=3,
)
BNBUSDT = Instrument(
    symbol="BNBUSDT",
    base="BNB",
    quote="USDT",
    tick=Decimal("0.010"),
    step=Decimal("0.01"),
    price_precision=3,
    quantity_precision=2,
    min_price=Decimal("6.600"),
    max_price=Decimal("100000"),
    max_quantity=Decimal(100_000),
    market_max_quantity=Decimal(2_000),
    min_notional=Decimal(5),
    start_price=Decimal(600),
    brackets=_brackets(100_000),
    onboard_ms=_ONBOARD_MS,
    underlying_sub_types=("Layer-1",),
    background_every=6,
)
XRPUSDT = Instrument(
    symbol="XRPUSDT",
    base="XRP",
    quote="USDT",
    tick=Decimal("0.0001"),
    step=Decimal("0.1"),
    price_precision=4,
    quantity_precision=1,
    min_price=Decimal("0.0143"),
    max_price=Decimal("100000"),
    max_quantity=Decimal(10_000_000),
    market_max_quantity=Decimal(2_000_000),
    min_notional=Decimal(5),
    start_price=Decimal("2.5"),
    brackets=_brackets(200_000),
    onboard_ms=_ONBOARD_MS,
    underlying_sub_types=("Payment",),
    background_every=6,
)
DOGEUSDT = Instrument(
    symbol="DOGEUSDT",
    base="DOGE",
    quote="USDT",
    tick=Decimal("0.000010"),
    step=Decimal(1),
    price_precision=6,
    quantity_precision=0,
    min_price=Decimal("0.002440"),
    max_price=Decimal("30"),
    max_quantity=Decimal(50_000_000),
    market_max_quantity=Decimal(30_000_000),
    min_notional=Decimal(5),
    start_price=Decimal("0.2"),
    brackets=_brackets(100_000),
    onboard_ms=_ONBOARD_MS,
    underlying_sub_types=("Meme",),
    background_every=6,
)
BTCDOMUSDT = Instrument(
    symbol="BTCDOMUSDT",
    base="BTCDOM",
    quote="USDT",
    tick=Decimal("0.1"),
    step=Decimal("0.001"),
    price_precision=1,
    quantity_precision=3,
    min_price=Decimal("1"),
    max_price=Decimal("100000"),
    max_quantity=Decimal(1_000),
    market_max_quantity=Decimal(200),
    min_notional=Decimal(5),
    start_price=Decimal(4_500),
    brackets=_brackets(20_000),
    onboard_ms=_ONBOARD_MS,
    underlying_type="INDEX",
    underlying_sub_types=("Index",),
    components=(
        ("ETH", Decimal("0.45")),
        ("XRP", Decimal("0.20")),
        ("BNB", Decimal("0.15")),
        ("SOL", Decimal("0.15")),
        ("DOGE", Decimal("0.05")),
    ),
    background_every=12,
)
XAUUSDT = Instrument(
    symbol="XAUUSDT",
    base="XAU",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.001"),
    price_precision=2,
    quantity_precision=3,
    min_price=Decimal("40.00"),
    max_price=Decimal("200000"),
    max_quantity=Decimal(1_000),
    market_max_quantity=Decimal(100),
    min_notional=Decimal(5),
    start_price=Decimal(4_000),
    brackets=_brackets(50_000),
    onboard_ms=1_765_411_200_000,
    contract_type=TRADIFI_PERPETUAL,
    underlying_type="COMMODITY",
    underlying_sub_types=("TradFi",),
    background_every=12,
)
ADAUSDT = Instrument(
    symbol="ADAUSDT",
    base="ADA",
    quote="USDT",
    tick=Decimal("0.00010"),
    step=Decimal(1),
    price_precision=5,
    quantity_precision=0,
    min_price=Decimal("0.01740"),
    max_price=Decimal("200"),
    max_quantity=Decimal(2_000_000),
    market_max_quantity=Decimal(300_000),
    min_notional=Decimal(5),
    start_price=Decimal("0.7"),
    brackets=_brackets(50_000),
    onboard_ms=_ONBOARD_MS,
    underlying_sub_types=("Layer-1",),
    first_status=PENDING_TRADING,
)

#: Makers pay nothing and takers less: `commissionRate` tells. Fees and filters are unverified: they stand in no page or
#: capture that could be found (2026-11).
BTCUSDC = replace(
    BTCUSDT,
    symbol="BTCUSDC",
    quote="USDC",
    price_precision=1,
    onboard_ms=_USDC_ONBOARD_MS,
    brackets=_brackets(300_000),
    follows=BTCUSDT.symbol,
    maker_fee_e8=0,
    taker_fee_e8=40_000,
    background_every=6,
    background_levels=0,
)

DEFAULT_INSTRUMENTS = (*MAJORS, SOLUSDT, BNBUSDT, XRPUSDT, DOGEUSDT, BTCDOMUSDT, XAUUSDT, ADAUSDT, BTCUSDC)
