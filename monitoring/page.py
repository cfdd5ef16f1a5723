"""The report's frame: one HTML page that loads nothing and runs nothing, in light and dark."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from string import Template

_FRAME = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1f2933; --muted: #5a6675; --ground: #f6f7f9; --card: #ffffff;
  --line: #dfe3e8; --then: #8a96a3; --now: #1667b7; --bad: #b3261e; --good: #1b7a3d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --muted: #a3adb8; --ground: #14181d; --card: #1d232a;
  --line: #323a44; --then: #7c8894; --now: #6db3f2; --bad: #ff8a80; --good: #66c98a; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
p { max-width: 46rem; } .muted { color: var(--muted); } .bad { color: var(--bad); } .good { color: var(--good); }
.headline { font-size: 2rem; font-weight: 650; line-height: 1.2; margin: 1.25rem 0 .25rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); padding: .5rem; }
figure img { display: block; width: 96px; image-rendering: pixelated; } figure svg { display: block; width: 100%; }
figcaption { padding-top: .4rem; color: var(--muted); font-size: .9rem; overflow-wrap: anywhere; }
.then { fill: var(--then); } .now { fill: none; stroke: var(--now); stroke-width: 2; }
</style>
</head>
<body>
$body
</body>
</html>
""")
_WIDE, _HIGH = 240, 80


def frame(title: str, body: str) -> str:
    """Put a body of safe HTML into the page."""
    return _FRAME.substitute(title=escape(title), body=body)


def heading(text: str) -> str:
    """A section's heading."""
    return f"<h2>{escape(text)}</h2>\n"


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{style}">{escape(text)}</p>\n'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """A table of plain texts; columns in `numbers` are set flush right."""
    lines = [_row("th", head, numbers), *(_row("td", row, numbers) for row in rows)]
    return f'<div class="scroll"><table>\n{"".join(lines)}</table></div>\n'


def grid(figures: Sequence[str]) -> str:
    """Figures side by side."""
    return f'<div class="grid">\n{"".join(figures)}</div>\n'


def picture(png: bytes, caption: str) -> str:
    """A picture, carried inside the page."""
    data = base64.b64encode(png).decode()
    return (
        f'<figure><img alt="" src="data:image/png;base64,{data}"><figcaption>{escape(caption)}</figcaption></figure>\n'
    )


def histogram(then: Sequence[float], now: Sequence[float], title: str, caption: str) -> str:
    """Two distributions over the same bins, as shares: bars for then, a line of steps for now."""
    most = max(*then, *now, 1e-9)
    step = _WIDE / len(then)
    bars = "".join(
        f'<rect class="then" x="{place * step:.1f}" y="{_HIGH - _tall(share, most):.1f}" '
        f'width="{step - 1:.1f}" height="{_tall(share, most):.1f}"/>'
        for place, share in enumerate(then)
    )
    heights = [_HIGH - _tall(share, most) for share in now]
    steps = " ".join(f"{place * step:.1f},{y:.1f} {(place + 1) * step:.1f},{y:.1f}" for place, y in enumerate(heights))
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(title)}: then and now">{bars}'
        f'<polyline class="now" points="{steps}"/></svg><figcaption><b>{escape(title)}</b><br>{escape(caption)}'
        "</figcaption></figure>\n"
    )


def _tall(share: float, most: float) -> float:
    return share / most * (_HIGH - 4)


def _row(tag: str, texts: Sequence[str], numbers: frozenset[int]) -> str:
    cells = [
        f'<{tag} class="number">{escape(text)}</{tag}>' if place in numbers else f"<{tag}>{escape(text)}</{tag}>"
        for place, text in enumerate(texts)
    ]
    return f"<tr>{''.join(cells)}</tr>\n"
