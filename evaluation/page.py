"""The report's frame: one HTML page that loads nothing and runs nothing, in light and dark."""

import base64
from html import escape
from string import Template

FRAME = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1f2933; --muted: #5a6675; --ground: #f6f7f9; --card: #ffffff;
  --line: #dfe3e8; --good: #1b7a3d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --muted: #a3adb8; --ground: #14181d; --card: #1d232a;
  --line: #323a44; --good: #66c98a; --bad: #ff8a80; }
  .plots img, .alone img { filter: invert(.92) hue-rotate(180deg); } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
p { max-width: 46rem; } .muted { color: var(--muted); }
.headline { font-size: 3rem; font-weight: 650; line-height: 1.1; margin: 1.25rem 0 .25rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
.facts th { width: 12rem; } .facts td { overflow-wrap: anywhere; }
.plots { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.alone { max-width: 33rem; margin-top: 1.25rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); }
figure img { display: block; width: 100%; height: auto; background: #ffffff; }
figcaption { padding: .75rem 1rem; color: var(--muted); font-size: .95rem; }
@media (max-width: 40rem) { table { font-size: .85rem; display: block; overflow-x: auto; }
  th, td { padding: .4rem .35rem; } }
</style>
</head>
<body>
$body
</body>
</html>
""")


def frame(title: str, body: str) -> str:
    """Put a body of safe HTML into the page."""
    return FRAME.substitute(title=escape(title), body=body)


def heading(text: str) -> str:
    """A section's heading."""
    return f"<h2>{escape(text)}</h2>\n"


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{style}">{escape(text)}</p>\n' if style else f"<p>{escape(text)}</p>\n"


def figure(png: bytes, title: str, reading: str) -> str:
    """An image, carried inside the page, with how to read it."""
    data = base64.b64encode(png).decode()
    source = f'<img alt="{escape(title)}" src="data:image/png;base64,{data}">'
    return f"<figure>{source}<figcaption>{escape(reading)}</figcaption></figure>\n"


def alone(figure_html: str) -> str:
    """A figure by itself, no wider than those that stand in two columns."""
    return f'<div class="alone">\n{figure_html}</div>\n'


def table(head: list[str], rows: list[list[str]], numbers: frozenset[int] = frozenset()) -> str:
    """A table of plain texts; columns in `numbers` are set flush right."""
    top = _cells("th", head, numbers)
    lines = "".join(f"<tr>{_cells('td', row, numbers)}</tr>\n" for row in rows)
    return f"<table>\n<tr>{top}</tr>\n{lines}</table>\n"


def facts(rows: list[tuple[str, str]]) -> str:
    """A table of names and values."""
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>\n" for name, value in rows)
    return f'<table class="facts">\n{lines}</table>\n'


def _cells(tag: str, texts: list[str], numbers: frozenset[int]) -> str:
    classes = [' class="number"' if place in numbers else "" for place in range(len(texts))]
    return "".join(f"<{tag}{name}>{escape(text)}</{tag}>" for name, text in zip(classes, texts, strict=True))
