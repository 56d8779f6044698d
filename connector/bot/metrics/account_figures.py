"""What the account holds and what it is worth: wallet, equity, positions, the result's parts."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from prometheus_client.core import Metric

from connector.bot.metrics.families import Row, counter, gauge, one
from connector.bot.report.status_source import StatusSource
from connector.core.amounts import ZERO


def account_figures(epoch: StatusSource) -> Iterator[Metric]:
    """As things stand now; amounts of money in the asset that is named."""
    connector = epoch.connector
    rules = connector.trading_rules
    assets = sorted({rules[pair].margin_asset for pair in connector.trading_pairs if pair in rules})
    unrealised = {asset: _unrealised(epoch, asset) for asset in assets}
    wallets = {asset: connector.get_balance(asset) for asset in assets}
    money: list[Row] = []
    for asset in assets:
        money += [
            ((asset, "wallet"), wallets[asset]),
            ((asset, "unrealised"), unrealised[asset]),
            ((asset, "equity"), wallets[asset] + unrealised[asset]),
            ((asset, "available"), connector.get_available_balance(asset)),
            ((asset, "withdrawable"), connector.get_max_withdraw(asset)),
        ]
    yield gauge(
        "money", "Wallet, unrealised result at mark, equity (both together), available, withdrawable.",
        ("asset", "kind"), money,
    )  # fmt: skip
    yield gauge(
        "margin_ratio", "Maintenance margin as a fraction of what backs it: at 1 cross positions are liquidated.",
        ("asset",), [((asset,), connector.get_margin_ratio(asset)) for asset in assets],
    )  # fmt: skip
    yield from _positions(epoch)
    yield from _result(epoch)


def _positions(epoch: StatusSource) -> Iterator[Metric]:
    connector = epoch.connector
    held = list(connector.account_positions.values())
    margins = {(row.trading_pair, row.position_side): row for row in connector.get_position_margins()}
    names = {row: (row.trading_pair, row.position_side.name.lower()) for row in held}
    amounts: list[Row] = [(names[row], row.amount) for row in held]
    flat = set(connector.trading_pairs) - {row.trading_pair for row in held}
    amounts += [((pair, "both"), ZERO) for pair in sorted(flat)]
    for name, meaning, rows in (
        ("position", "Held of a pair, in base units or contracts; below 0 is short.", amounts),
        ("position_entry_price", "What it was entered at.", [(names[row], row.entry_price) for row in held]),
        ("position_adl_rank", "Place in the queue of auto-deleveraging, 0 (last) to 4 (first).", [
            (names[row], row.adl_rank) for row in held
        ]),
    ):  # fmt: skip
        yield gauge(name, meaning, ("pair", "side"), rows)
    near = [(names[row], margins.get((row.trading_pair, row.position_side))) for row in held]
    yield gauge(
        "position_notional", "Its value at mark, in the margin asset.", ("pair", "side"),
        [(name, margin.notional) for name, margin in near if margin],
    )  # fmt: skip
    yield gauge(
        "position_liquidation_price", "The mark price at which it is liquidated while nothing else moves; 0: at none.",
        ("pair", "side"), [(name, margin.liquidation_price) for name, margin in near if margin],
    )  # fmt: skip


def _result(epoch: StatusSource) -> Iterator[Metric]:
    figures = {pair: books.figures for pair, books in epoch.books.items()}
    yield gauge(
        "result", "Where the change of the equity came from, by part, in the margin asset; paid is below 0.",
        ("pair", "part"), [
            ((pair, part.replace(" ", "_")), amount)
            for pair, parts in _parts(epoch)
            for part, amount in parts.items()
        ],
    )  # fmt: skip
    yield gauge(
        "wallet_start", "The wallet when the books were opened, in the margin asset.", (),
        one(epoch.accounting.figures.wallet_start),
    )  # fmt: skip
    yield counter(
        "fills", "Trades of own orders.", ("pair", "side"),
        [
            ((pair, side), count)
            for pair, row in figures.items()
            for side, count in (("buy", row.buys), ("sell", row.sells))
        ],
    )  # fmt: skip
    yield counter(
        "traded_notional", "Value of own trades, in the quote asset.", ("pair",),
        [((pair,), row.notional) for pair, row in figures.items()],
    )  # fmt: skip


def _parts(epoch: StatusSource) -> Iterator[tuple[str, Mapping[str, Decimal]]]:
    """By pair; of several what is the account's alone stands apart. None before the books are open. They add up to the
    equity's change."""
    for split in epoch.splits():
        if len(split.by_pair) == 1:
            yield next(iter(split.by_pair)), split.parts
            continue
        yield from ((pair, row.parts) for pair, row in split.by_pair.items())
        of_pairs = sum((row.others for row in split.by_pair.values()), ZERO)
        yield "", {"others": split.total.others - of_pairs}


def _unrealised(epoch: StatusSource, asset: str) -> Decimal:
    connector = epoch.connector
    rules = connector.trading_rules
    pairs = [pair for pair in connector.trading_pairs if pair in rules and rules[pair].margin_asset == asset]
    return sum((connector.get_unrealized_pnl(pair) for pair in pairs), ZERO)
