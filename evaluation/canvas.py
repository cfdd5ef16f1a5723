"""What all plots have in common: size, colours, labels, and a PNG file on white, for light and dark pages."""

import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, MUTED, BLUE, ORANGE = "#1f2933", "#8a94a0", "#2468b2", "#d2691e"
SIZE = (5.2, 4.6)


def canvas(title: str, x_label: str, y_label: str) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure = Figure(figsize=SIZE, dpi=120, layout="constrained")
    axes = figure.subplots()
    dress(axes, title, x_label, y_label)
    return figure, axes


def dress(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    """Give axes their title, labels and grid."""
    axes.set_title(title, color=INK, fontsize=13, loc="left")
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    axes.grid(visible=True, color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def unit(axes: Axes) -> None:
    """Show shares, from 0 to 1."""
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)


def png(figure: Figure) -> bytes:
    """A PNG file's bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    return buffer.getvalue()
