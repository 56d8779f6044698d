"""How a bot stands, as rows of text, from the JSON of its snapshot: what `connector status`, `orders`, `positions` and
`balance` show a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.bot.tables import TextTable

#: Of a price so many are shown: more tell nothing.
_DIGITS = 8


def bot_lines(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Titles and texts; a bot that has no session yet has its state alone."""
    yield "state", row["state"]["text"]
    if "equity" not in row:
        return
    asset, dry = row["asset"], f", DRY RUN on the data of {row['data_of']}" if row["data_of"] else ""
    pairs = ", ".join(market["trading_pair"] for market in row["markets"])
    yield "trades", f"{pairs} on {row['domain']}{dry}, process {row['pid']}, for {_span(row['run_time_s'])}"
    for market in row["markets"]:
        if market["waits_for"]:
            yield "not ready", f"{market['trading_pair']}: {market['waits_for']}"
    yield (
        "equity",
        f"{_money(row['equity'])} {asset}, wallet {_money(row['wallet'])}, unrealised {_money(row['unrealized_pnl'])}, "
        f"available {_money(row['available'])}, margin ratio {_share(row['margin_ratio'])}",
    )
    for held in row["positions"]:
        yield "position", _position(held)
    if row["result"]:
        yield from _result(row["result"], "")
    for beside, result in row["results_beside"].items():
        yield from _result(result, f" {beside}")
    for one in row["strategies"]:
        yield "strategy", f"{one['name']}: {one['strategy']} of {', '.join(one['pairs'])}, {one['state']}"
    counts = row["counts"]
    yield "fills", f"{counts['buys']} buys, {counts['sells']} sells, volume {_money(counts['volume'])}"
    yield "orders", f"{len(row['orders'])} open, {counts['placed']} placed, {counts['rejected']} refused"
    for refused in row["refusals"]:
        yield "refused", f"{refused['count']} x {refused['code']} {refused['meaning']}"
    for limit in row["limits"]:
        struck = f": struck, {limit['struck']}" if limit["struck"] else ""
        yield "limit", f"{limit['name']} {_money(limit['used'])} of {_money(limit['bound'])} {limit['unit']}{struck}"


def _result(result: dict[str, Any], asset: str) -> Iterator[tuple[str, str]]:
    """By where it came from, and of several pairs by pair."""
    parts = {
        name: amount
        for name, amount in result.items()
        if not (isinstance(amount, dict) or name in ("change", "equity", "equity_start", "asset"))
    }
    told = ", ".join(f"{name.replace('_', ' ')} {_money(amount)}" for name, amount in parts.items())
    yield "result", f"{_money(result['change'])}{asset}{': ' if told else ''}{told}"
    for pair, split in result.get("by_pair", {}).items():
        yield "", f"{pair} {_money(split['change'])}"


def _position(held: dict[str, Any]) -> str:
    side = "" if held["position_side"] == "BOTH" else f" {held['position_side'].lower()}"
    liquidation = held["liquidation_price"]
    away = f", liquidated at {_price(liquidation)}" if liquidation not in (None, "0") else ""
    far = f" ({held['liquidation_distance']} % away)" if away and held["liquidation_distance"] is not None else ""
    return (
        f"{held['amount']} {held['trading_pair']}{side} entered at {_price(held['entry_price'])}, "
        f"mark {_price(held['mark_price'])}, "
        f"unrealised {_money(held['unrealized_pnl'])}{away}{far}, {held['leverage']}x {held['margin_type'].lower()}"
        + ("" if held["adl_rank"] is None else f", ADL rank {held['adl_rank']}")
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _money(figure: str | float | None) -> str:
    """With four places."""
    return "unknown" if figure is None else f"{float(figure):z,.4f}"


def _price(figure: str | None) -> str:
    """With so many digits as tell something, and no more than the exchange has."""
    if figure is None:
        return "unknown"
    price = Decimal(figure)
    places = max(0, _DIGITS - max(0, price.adjusted() + 1))
    text = f"{price:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def order_table(orders: Sequence[Mapping[str, Any]]) -> TextTable:
    """Open orders, the newest last; `asked` is in UTC by this machine's clock."""
    return TextTable(
        ("pair", "side", "price", "amount", "to", "state", "asked", "id"),
        [
            (
                row["trading_pair"], row["side"], "at market" if row["price"] is None else _price(row["price"]),
                row["amount"] if row["remaining"] == row["amount"] else f"{row['remaining']} of {row['amount']}",
                row["position_action"], row["state"], _clock(row["created_ms"]), row["client_order_id"],
            )
            for row in orders
        ],
        folds="id",
    )  # fmt: skip


def position_table(positions: Sequence[Mapping[str, Any]]) -> TextTable:
    """What is held."""
    return TextTable(
        ("pair", "amount", "entry", "mark", "unrealised", "liquidated at", "margin ratio", "leverage"),
        [
            (
                f"{row['trading_pair']}{'' if row['position_side'] == 'BOTH' else ' ' + row['position_side']}",
                row["amount"], _price(row["entry_price"]), _price(row["mark_price"]), _money(row["unrealized_pnl"]),
                _liquidation(row), _share(row["margin_ratio"]), f"{row['leverage']} {row['margin_type'].lower()}",
            )
            for row in positions
        ],
    )  # fmt: skip


def balance_table(balances: Sequence[Mapping[str, Any]]) -> TextTable:
    """What the account holds."""
    rows = [(row["asset"], _price(row["wallet"]), _price(row["available"])) for row in balances]
    return TextTable(("asset", "wallet", "available"), rows)


def _liquidation(row: Mapping[str, Any]) -> str:
    price, away = row["liquidation_price"], row["liquidation_distance"]
    if price in (None, "0"):
        return "none" if price else "unknown"
    return f"{_price(price)}{'' if away is None else f' ({away} % away)'}"


def _share(ratio: str | None) -> str:
    return "unknown" if ratio is None else f"{float(ratio):.2%}".replace("%", " %")


def _clock(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%H:%M:%S}"
