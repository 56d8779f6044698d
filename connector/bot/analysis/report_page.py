"""The report as one HTML file that needs nothing else: tables, and plots by plotly, whose script lies within."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Any, Final

from connector.bot.analysis.report_figures import AccountReport, Sums
from connector.bot.records.marks import AFTER_S
from connector.core.amounts import ZERO, plain

#: Of a plot: more points are thinned out, which the eye can't tell.
_MOST_POINTS: Final = 4_000
_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1240px;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.5rem 0 .3rem}tr.all td{font-weight:600}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.8rem 0}
th,td{padding:.25rem .55rem;border-bottom:1px solid #dde3ea;text-align:right}
th:first-child,td:first-child{text-align:left}
td,th{white-space:nowrap}.sums td:first-child{white-space:normal}.sums td{overflow-wrap:anywhere}
.wide{overflow-x:auto}.note{color:#5b6675}
@media(max-width:600px){body{margin:1rem auto;padding:0 .6rem}.sums td{white-space:normal;padding:.25rem .3rem}}
"""
_NOTE: Final = (
    "Spread captured is what fills were better than the mid price of their moment (the summary of a run sets them "
    "beside the mark price). How the mid price moved after them is their adverse selection: below 0 it went against "
    "us. A fill that was not looked at again, at the end of a run, has no part in it."
)
#: Beside a plot: a picture of it, and back to the whole.
_BUTTONS: Final = [["toImage", "resetScale2d"]]
_GREEN, _RED, _BLUE = "#16803c", "#c0362c", "#2459a8"


def report_page(reports: Sequence[AccountReport], about: str) -> str:
    """The whole file. Needs plotly."""
    from plotly.offline import get_plotlyjs

    parts = [part for report in reports for part in _section(report)]
    script = f"<script>{get_plotlyjs()}</script>" if any("plotly-graph-div" in part for part in parts) else ""
    body = "\n".join(parts) or '<p class="note">Nothing was done in that time.</p>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Report</title>'
        f"<style>{_STYLE}</style>{script}</head><body><h1>Report</h1>"
        f'<p class="note">{escape(about)}. Times are UTC, money is in the margin asset.</p>{body}</body></html>\n'
    )


def _section(report: AccountReport) -> Iterable[str]:
    strategies = ", ".join(dict.fromkeys(str(run["strategy"]) for run in report.runs))
    yield f"<h2>{escape(report.name)}</h2>"
    if strategies:
        yield f'<p class="note">{escape(strategies)}</p>'
    yield _sums_table(report)
    if report.fills:
        yield f'<p class="note">{_NOTE}</p>'
    yield _strategies_table(report)
    yield _days_table(report)
    span, pairs = _span(report), report.pairs
    if report.money:
        yield _plot(_money_figure(report, pairs), span)
    for pair in pairs:
        if len(pairs) > 1:
            yield f"<h3>{escape(pair)}</h3>{_who(report, pair)}"
        figure = _pair_figure(report, pair, has_inventory=len(pairs) > 1)
        if figure is not None:
            yield _plot(figure, span)
    if report.payments or report.fills:
        yield "<h3>All pairs</h3>" if len(pairs) > 1 else ""
        yield _plot(_paid_figure(report), span)


def _who(report: AccountReport, pair: str) -> str:
    """By which strategies a pair was traded."""
    names = dict.fromkeys(who for who, of in report.by_strategy_and_pair() if of == pair and who)
    return f'<p class="note">{escape(", ".join(names))}</p>' if names else ""


def _span(report: AccountReport) -> tuple[datetime, datetime]:
    """From the first to the last of what is drawn, and a little beyond."""
    times = [row["time_ms"] for row in (*report.money, *report.fills, *report.payments)]
    beyond = max(1_000, (max(times) - min(times)) // 50)
    return _moment(min(times) - beyond), _moment(max(times) + beyond)


def _sums_table(report: AccountReport) -> str:
    total = report.total
    rows = [("fills", str(total.fills)), ("volume", _exact(total.volume)), ("realised", _exact(total.realized))]
    rows += [(f"fees in {asset}", _exact(fee)) for asset, fee in total.fees.items()]
    rows += [("funding", _exact(total.funding)), ("spread captured", _with_points(total, total.spread, total.seen))]
    for seconds in AFTER_S:
        amount, volume = total.after.get(seconds, (ZERO, ZERO))
        rows.append((f"mid moved for us after {seconds} s", _with_points(total, amount, volume)))
    if report.money:
        equities = [Decimal(row["equity"]) for row in report.money]
        rows.append(("equity, first and last seen", f"{_exact(equities[0])} → {_exact(equities[-1])}"))
        rows.append(("equity changed by", _exact(equities[-1] - equities[0])))
        if report.transferred:
            rows.append(("of it came or went", _exact(report.transferred)))
        rows.append(("largest drawdown", _exact(min(report.drawdowns))))
    return f'<div class="sums">{_table(("", ""), rows)}</div>'


def _with_points(sums: Sums, amount: Decimal, volume: Decimal) -> str:
    points = sums.basis_points(amount, volume)
    return "not seen" if points is None else f"{_exact(amount)} ({_exact(points)} bp)"


def _exact(amount: Decimal) -> str:
    """Every digit, thousands apart."""
    whole, dot, rest = plain(amount).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{abs(int(whole)):,}{dot}{rest}"


def _strategies_table(report: AccountReport) -> str:
    """Where there are several: each strategy and pair, and what they come to together."""
    parts = report.by_strategy_and_pair()
    if len(parts) < 2:
        return ""
    rows = [(who, pair, *_cells(sums)) for (who, pair), sums in parts.items()]
    return _wide_table("strategy", [*rows, ("all", "", *_cells(report.total))], is_summed=True)


def _days_table(report: AccountReport) -> str:
    rows = [(day, pair, *_cells(sums)) for (day, pair), sums in report.by_day_and_pair().items()]
    return _wide_table("day", rows) if rows else ""


def _wide_table(by: str, rows: Sequence[Sequence[str]], *, is_summed: bool = False) -> str:
    titles = (by, "pair", "fills", "volume", "realised", "fees", "funding", "spread", *(f"{s} s" for s in AFTER_S))
    return f'<div class="wide">{_table(titles, rows, is_summed=is_summed)}</div>'


def _cells(sums: Sums) -> Sequence[str]:
    fees = ", ".join(f"{_exact(fee)} {asset}" for asset, fee in sums.fees.items())
    after = (_exact(sums.after[seconds][0]) if seconds in sums.after else "" for seconds in AFTER_S)
    figures = (sums.volume, sums.realized)
    return str(sums.fills), *map(_exact, figures), fees, _exact(sums.funding), _exact(sums.spread), *after


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, is_summed: bool = False) -> str:
    """`is_summed`: the last row is that of all."""
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    if is_summed:
        lines[-1] = lines[-1].replace("<tr>", '<tr class="all">', 1)
    return f"<table>{f'<tr>{head}</tr>' if any(titles) else ''}{''.join(lines)}</table>"


def _money_figure(report: AccountReport, pairs: Sequence[str]) -> Any:
    """With what is held, where it is of one pair; else each pair has that in its own."""
    from plotly.subplots import make_subplots

    rows = _thinned(report.money)
    times = [_moment(row["time_ms"]) for row in rows]
    titles = ["Equity", "Drawdown", *(_inventory(pair) for pair in pairs if len(pairs) == 1)]
    count = len(titles)
    figure = make_subplots(rows=count, cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.3 / count)
    _line(figure, times, [float(row["equity"]) for row in rows], "equity", 1)
    _line(figure, times, [float(fallen) for fallen in _thinned(report.drawdowns)], "drawdown", 2, _RED)
    if len(pairs) == 1:
        _add_inventory(figure, report, pairs[0], 3)
    return figure


def _pair_figure(report: AccountReport, pair: str, *, has_inventory: bool) -> Any:
    """A pair's fills on its price, and what was held of it; None where there is neither."""
    from plotly.subplots import make_subplots

    fills = [row for row in report.fills if pair in (row["trading_pair"], row["symbol"])]
    has_inventory = has_inventory and pair in report.markets
    titles = [*(["Fills on the price"] if fills else []), *([_inventory(pair)] if has_inventory else [])]
    if not titles:
        return None
    figure = make_subplots(rows=len(titles), cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.15)
    if fills:
        _add_fills(figure, report, pair, fills)
    if has_inventory:
        _add_inventory(figure, report, pair, len(titles))
        figure.update_traces(showlegend=False, selector={"name": "inventory"})
    return figure


def _add_fills(figure: Any, report: AccountReport, pair: str, fills: Sequence[dict[str, Any]]) -> None:
    from plotly.graph_objects import Scattergl

    rows = _thinned([row for row in report.markets.get(pair, ()) if row["mid"]])
    figure.add_trace(
        Scattergl(x=[_moment(row["time_ms"]) for row in rows], y=[float(row["mid"]) for row in rows], name="mid",
                  mode="lines", line={"color": "#9aa5b1", "width": 1}),
        row=1, col=1,
    )  # fmt: skip
    for side, color, symbol in (("BUY", _GREEN, "triangle-up"), ("SELL", _RED, "triangle-down")):
        own = [row for row in fills if row["trade_type"] == side]
        figure.add_trace(
            Scattergl(x=[_moment(row["time_ms"]) for row in own], y=[float(row["price"]) for row in own],
                      name=side.lower(), mode="markers", marker={"color": color, "symbol": symbol, "size": 8},
                      text=[plain(row["amount"]) for row in own]),
            row=1, col=1,
        )  # fmt: skip


def _add_inventory(figure: Any, report: AccountReport, pair: str, at_row: int) -> None:
    rows = _thinned(report.markets.get(pair, ()))
    times = [_moment(row["time_ms"]) for row in rows]
    _line(figure, times, [float(row["position"]) for row in rows], "inventory", at_row, step=True)


def _paid_figure(report: AccountReport) -> Any:
    from plotly.subplots import make_subplots

    fees = [(row["time_ms"], row["fee_amount"] or ZERO) for row in report.fills]
    paid = [(row["time_ms"], row["amount"]) for row in report.payments]
    shown = [(name, color, rows) for name, color, rows in (("Funding", _BLUE, paid), ("Fees", _RED, fees)) if rows]
    titles = [f"{name}, summed" for name, _, _ in shown]
    figure = make_subplots(rows=len(shown), cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.15)
    for number, (name, color, rows) in enumerate(shown, 1):
        _line(figure, *_summed(rows), name.lower(), number, color, step=True)
    return figure


def _summed(rows: Sequence[tuple[int, Decimal]]) -> tuple[list[datetime], list[float]]:
    total, sums = ZERO, []
    for _, amount in rows:
        total += amount
        sums.append(float(total))
    return [_moment(at_ms) for at_ms, _ in rows], sums


def _line(
    figure: Any, times: Sequence[datetime], values: Sequence[float], name: str, row: int, color: str = _BLUE,
    *, step: bool = False,
) -> None:  # fmt: skip
    from plotly.graph_objects import Scatter

    line = {"color": color, "width": 1.5, "shape": "hv" if step else "linear"}
    figure.add_trace(Scatter(x=list(times), y=list(values), name=name, mode="lines", line=line), row=row, col=1)


def _inventory(pair: str) -> str:
    """With what it is of, as far as the pair's name says."""
    return f"Inventory, {pair.partition('-')[0]}" if pair else "Inventory"


def _plot(figure: Any, span: tuple[datetime, datetime]) -> str:
    rows = len([name for name in figure.layout if name.startswith("yaxis")]) or 1
    figure.update_layout(
        height=280 + 170 * (rows - 1), margin={"l": 60, "r": 20, "t": 50, "b": 40}, template="plotly_white",
        showlegend=len(figure.data) > rows, legend={"orientation": "h", "y": -0.35 / rows},
    )  # fmt: skip
    figure.update_xaxes(range=list(span))
    figure.update_yaxes(exponentformat="none", separatethousands=True)
    text: str = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        config={"displaylogo": False, "responsive": True, "modeBarButtons": _BUTTONS},
    )
    return text


def _thinned(rows: Sequence[Any]) -> Sequence[Any]:
    step = -(-len(rows) // _MOST_POINTS) or 1
    return rows[::step]


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).replace(tzinfo=None)
