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
  --line: #dfe3e8; --good: #1b7a3d; --bad: #b3261e; --then: #b9c4d0; --now: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --muted: #a3adb8; --ground: #14181d; --card: #1d232a;
  --line: #323a44; --good: #66c98a; --bad: #ff8a80; --then: #4a5663; --now: #7ab8ff; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
p, li { max-width: 46rem; } .muted { color: var(--muted); }
.headline { font-size: 2.4rem; font-weight: 650; line-height: 1.15; margin: 1.25rem 0 .25rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
.images { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
figure { margin: 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); overflow-wrap: anywhere; }
figure.drifted { border: 2px solid var(--bad); }
figure svg { display: block; width: 100%; height: auto; }
figure img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; }
figcaption { color: var(--muted); font-size: .85rem; margin-top: .4rem; }
svg text { font: 11px system-ui, sans-serif; fill: var(--muted); } svg .then rect { fill: var(--then); }
svg .now { fill: none; stroke: var(--now); stroke-width: 2; } svg .axis { stroke: var(--muted); }
</style>
</head>
<body>
<main>
$body
</main>
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


def points(texts: list[str]) -> str:
    """A list of plain texts."""
    return "<ul>\n" + "".join(f"<li>{escape(text)}</li>\n" for text in texts) + "</ul>\n"


def image(png: bytes, title: str, reading: str) -> str:
    """An image, carried inside the page, with words for it."""
    data = base64.b64encode(png).decode()
    image = f'<img alt="{escape(title)}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{escape(reading)}</figcaption></figure>\n"


def chart(svg: str, title: str, reading: str, marked: bool) -> str:
    """A drawn distribution below its name."""
    style = ' class="drifted"' if marked else ""
    return f"<figure{style}><strong>{escape(title)}</strong>{svg}<figcaption>{escape(reading)}</figcaption></figure>\n"


def table(head: list[str], rows: list[list[str]], words: int = 1) -> str:
    """A table of plain texts; the columns after the first `words` are numbers, set flush right."""
    top = "".join(_cell("th", text, place >= words) for place, text in enumerate(head))
    lines = "".join(
        "<tr>" + "".join(_cell("td", text, place >= words) for place, text in enumerate(row)) + "</tr>\n"
        for row in rows
    )
    return f'<div class="wide"><table>\n<tr>{top}</tr>\n{lines}</table></div>\n'


def _cell(tag: str, text: str, number: bool) -> str:
    style = ' class="number"' if number else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{style}>{escape(text)}</{tag}>"
