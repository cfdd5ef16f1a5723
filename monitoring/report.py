"""Tell a run to a person: what changed, how it was found, and what was left out."""

from collections import Counter
from html import escape

from monitoring import charts, page
from monitoring.accuracy import Measure, Share
from monitoring.drift import ALPHA, LEAST, Comparison
from monitoring.findings import Findings
from monitoring.options import Options

SKIPPED = (
    ("lines", "Lines read"),
    ("truncated", "Lines cut off or no JSON, left out"),
    ("malformed", "Lines that are no capture, left out"),
    ("outside", "Captures outside of the window, left out"),
    ("repeated", "Captures seen before (equal event id), left out"),
    ("unknown_encoding", "Halves in an unknown encoding, counted as missing"),
    ("no_picture", "Captures without an image"),
    ("undecodable", "Images that are no PNG or JPEG, broken or too large"),
    ("no_answer", "Captures without an answer"),
    ("unreadable", "Answers that are no list of probabilities"),
    ("more_classes", "Answers with more classes than the baseline"),
    ("fewer_classes", "Answers with fewer classes than the baseline"),
)


def render(found: Findings, labels: Counter[str], options: Options) -> str:
    """The whole page as HTML."""
    title = f"{options.endpoint or 'The endpoint'}: monitoring"
    body = (
        _headline(found, options)
        + _violations(found)
        + _charts(found)
        + _images(found)
        + _tests(found)
        + _quality(found, labels)
        + _counts(found)
    )
    return page.frame(title, body)


def _headline(found: Findings, options: Options) -> str:
    rows, window = found.observed.measured.rows, options.window
    when = f"{window.start:%d %B %Y %H:%M} to {window.end:%d %B %Y %H:%M} UTC" if window else ""
    count = len(found.violations)
    verdict, style = (f"{count} violation{'s' * (count > 1)}", "bad") if count else ("As the baseline", "good")
    if rows < LEAST:
        verdict, style = ("Too few captures", "") if not count else (verdict, style)
    return (
        f"<h1>{escape(options.endpoint or 'The endpoint')}</h1>\n"
        + page.paragraph(when, "muted")
        + page.paragraph(verdict, f"headline {style}".strip())
        + page.paragraph(
            f"{rows:,} captures were analysed, and held against the {found.reference.rows:,} images that the model "
            f"was tested on. With fewer than {LEAST} of either, nothing is claimed."
        )
    )


def _violations(found: Findings) -> str:
    if not found.violations:
        return ""
    texts = [f"{each.description} ({each.check})" for each in found.violations]
    return page.heading("What changed") + page.points(texts)


def _charts(found: Findings) -> str:
    figures = "".join(_chart(found, each) for each in found.comparisons)
    note = (
        "Filled: the baseline. Line: now. Heights are shares of the images, so that unequal numbers of them compare. "
        "What has drifted stands in a frame, and is named above."
    )
    if not found.observed.measured.rows:
        return page.heading("Then and now") + page.paragraph("There was nothing to draw.", "muted")
    return page.heading("Then and now") + page.paragraph(note, "muted") + f'<div class="grid">\n{figures}</div>\n'


def _chart(found: Findings, each: Comparison) -> str:
    title = each.name.replace("_", " ")
    if each.name == "prediction":
        svg = charts.bars(title, found.reference.words["prediction"], found.observed.measured.words[1])
    else:
        svg = charts.histogram(title, found.reference.column(each.name), found.observed.measured.column(each.name))
    reading = f"{each.then:,} then, {each.now:,} now. " + (
        f"Distance {each.distance:.2f}, p = {each.p_value:.2g}." if each.has_enough else "Too few to say anything."
    )
    return page.chart(svg, title, reading, any(violation.feature == each.name for violation in found.violations))


def _images(found: Findings) -> str:
    images = found.observed.outliers.images()
    if not images:
        return ""
    note = (
        "Those that lie farthest from the baseline in one number, as the model saw them. Some are there in every run."
    )
    figures = "".join(
        page.image(each.png, f"image of event {each.event_id}", f"{each.why}. Event {each.event_id}") for each in images
    )
    text = page.heading("The most unusual images") + page.paragraph(note, "muted")
    return text + f'<div class="grid images">\n{figures}</div>\n'


def _tests(found: Findings) -> str:
    rows = [
        [
            each.name,
            f"{each.then:,}",
            f"{each.now:,}",
            *(
                [f"{each.distance:.3f}", f"{each.stability:.3f}", f"{each.p_value:.2g}"]
                if each.has_enough
                else ["-"] * 3
            ),
        ]
        for each in found.comparisons
    ]
    joint = found.mmd
    values = ["-"] * 3 if not joint.has_enough else [f"{joint.value:.4f}", "-", f"{joint.p_value:.2g}"]
    rows.append(["all features together", f"{joint.then:,}", f"{joint.now:,}", *values])
    note = (
        "Distance: the largest gap between the two distributions (Kolmogorov and Smirnov), of predictions between the "
        "shares, of all together the maximum mean discrepancy. Index: the population stability index beyond what "
        f"chance gives. A violation needs both: a p-value that holds after Holm's correction ({ALPHA:.0%} over all "
        f"features), and an index of {found.reference.thresholds.distance:g} or more."
    )
    head = ["Feature", "Then", "Now", "Distance", "Index", "p-value"]
    return page.heading("The tests") + page.paragraph(note, "muted") + page.table(head, rows)


def _quality(found: Findings, labels: Counter[str]) -> str:
    title = page.heading("How often the model is right")
    matched = int(found.observed.confusion.sum())
    if not labels["lines"]:
        return title + page.paragraph("No labels came for this window, so nobody knows.", "muted")
    left = f"{labels['lines']:,} labels came, {labels['unreadable']:,} could not be read"
    left += f", {labels['too_many']:,} were too many" if labels["too_many"] else ""
    text = f"{left}; {matched:,} belong to a capture of this window. Below {LEAST} nothing is claimed."
    rows = [_measure(each) for each in found.measures]
    return title + page.paragraph(text) + page.table(["Measure", "Then", "Interval", "Now", "Interval"], rows)


def _measure(each: Measure) -> list[str]:
    return [each.name.replace("_", ", "), *_share(each.then), *_share(each.now)]


def _share(share: Share) -> list[str]:
    if not share.total:
        return ["-", "-"]
    low, high = share.interval
    return [f"{share.value:.1%} of {share.total:,}", f"{low:.1%} to {high:.1%}"]


def _counts(found: Findings) -> str:
    counts = found.observed.counts
    rows = [[words, f"{counts[name]:,}"] for name, words in SKIPPED]
    rows.append(["Captures analysed", f"{found.observed.measured.rows:,}"])
    rows.append(["Of these drawn for the distributions", f"{len(found.observed.measured.sample):,}"])
    return page.heading("What was read and what was left out") + page.table(["What", "How many"], rows)
