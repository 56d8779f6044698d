"""The way of a tick as a picture, from the figures beside this file: a bar a way, to scale, a colour a step.

The figures are those of `scripts/bench tick-to-trade`, `orders` and `market`, and stand on the page of speed too.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from tests.companions.places import ROOT

FIGURES = Path(__file__).with_suffix(".json")
PICTURE = ROOT / ".github" / "pictures" / "way-of-a-tick.svg"
#: Colours that stay apart in print and for eyes that see no red.
_COLOURS = {
    "read": "#4477aa", "feed and look": "#222222", "decision": "#ee6677", "limits": "#ccbb44",
    "checks, record": "#aa3377", "bytes, signature": "#228833", "journal, log": "#999933", "send": "#66ccee",
    "Python between": "#bbbbbb",
}  # fmt: skip
_WIDTH, _LEFT, _RIGHT, _ROW, _TOP, _BAR = 960, 190, 80, 44, 96, 24
#: A narrower step has no room for its figure.
_LABELLED_FROM = 22


def way_of_a_tick(told: dict[str, Any]) -> str:
    """The picture's text (SVG)."""
    ways = told["ways"]
    per_us = (_WIDTH - _LEFT - _RIGHT) / max(sum(way["steps"].values()) for way in ways)
    height = _TOP + _ROW * len(ways) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13"><rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="16">From a depth frame to the bytes that answer it, in µs '
        f"({escape(told['machine'])})</text>",
        *_legend(),
    ]
    for number, way in enumerate(ways):
        parts += _bar(way, _TOP + _ROW * number, per_us)
    return "\n".join([*parts, "</svg>"]) + "\n"


def draw_way_of_a_tick() -> None:
    """Writes it where the page shows it."""
    PICTURE.write_text(way_of_a_tick(json.loads(FIGURES.read_text())))


def _legend() -> list[str]:
    parts, x, y = list[str](), 16, 42
    for name, colour in _COLOURS.items():
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 17}" y="{y + 11}">{escape(name)}</text>')
        x += 40 + 8 * len(name)
        if x > _WIDTH - 140:
            x, y = 16, y + 20
    return parts


def _bar(way: dict[str, Any], y: int, per_us: float) -> list[str]:
    middle = y + _BAR / 2 + 5
    parts, x = [f'<text x="{_LEFT - 10}" y="{middle:g}" text-anchor="end">{escape(way["name"])}</text>'], float(_LEFT)
    for name, us in way["steps"].items():
        width = us * per_us
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{max(width, 1):.1f}" height="{_BAR}" fill="{_COLOURS[name]}">'
            f"<title>{escape(name)}: {us:g} µs</title></rect>"
        )
        if width >= _LABELLED_FROM:
            ink = "#000000" if name in ("limits", "send", "Python between") else "#ffffff"
            parts.append(
                f'<text x="{x + width / 2:.1f}" y="{middle:g}" text-anchor="middle" fill="{ink}">{us:g}</text>'
            )
        x += width
    total = sum(way["steps"].values())
    return [*parts, f'<text x="{x + 8:.1f}" y="{middle:g}" font-weight="bold">{total:.0f}</text>']
