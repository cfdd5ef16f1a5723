"""The report's chapters on trust: what each section of evaluation.json means to a person."""

from typing import Any

from evaluation import page

Section = dict[str, Any]

NUMBERS = frozenset({2, 3, 4, 5})


def comparison(found: Section) -> str:
    """Against the live version."""
    text = page.heading("Against the live version") + page.paragraph(found["verdict"])
    if not found["live_model_uri"]:
        return text
    difference = found["accuracy_difference"]
    rows = [
        ("Live version", found["live_model_uri"]),
        ("Accuracy", f"{found['accuracy']['new']:.3f} now, {found['accuracy']['live']:.3f} live"),
        (
            "Difference",
            f"{difference['value']:+.3f}, 95 % interval {difference['lower']:+.3f} to {difference['upper']:+.3f}",
        ),
        ("Right only now", str(found["discordant"]["only_new_right"])),
        ("Right only live", str(found["discordant"]["only_live_right"])),
        ("p-value", f"{found['p_value']:.2g}"),
    ]
    note = (
        "Both answer the same images, so only those that they answer differently count. The p-value is how likely "
        "so many lost images would be if the new model were as good (McNemar's test, exact, one-sided); the "
        "interval is a paired bootstrap."
    )
    return text + page.facts(rows) + page.paragraph(note, "muted")


def calibration(found: Section) -> str:
    """How sure it may be."""
    before, after = found["before"], found["after"]
    rows = [
        [name, meaning, f"{before[key]:.4f}", f"{after[key]:.4f}"]
        for key, name, meaning in (
            ("expected_calibration_error", "Expected calibration error", "How far confidence and truth lie apart."),
            ("negative_log_likelihood", "Negative log likelihood", "What the probabilities are worth; less is better."),
        )
    ]
    note = (
        f"The temperature {found['temperature']:.3f} was fitted on the validation images; above 1 the net is too "
        "sure of itself, below 1 not sure enough. It is reported only: the endpoint's answers stay as the net gives "
        "them, and the confidence filter's threshold is chosen for these."
    )
    if found["at_limit"]:
        note += " It is at the end of its range, as where hardly a validation image is answered wrongly."
    table = page.table(["On the test images", "In words", "As served", "With the temperature"], rows, NUMBERS)
    return page.heading("Calibration") + table + page.paragraph(note, "muted")


def threshold(found: Section, plot: bytes) -> str:
    """Which answers may pass without a person."""
    reading = (
        "Going left, fewer images pass the workflow's filter, and more of these are right. The threshold is chosen "
        "on validation; the test curve shows what it is worth on images that chose nothing."
    )
    rows = [[name.capitalize(), *_point(found[name])] for name in ("validation", "test")]
    table = page.table(["Images", "Pass", "Of these, right"], rows, frozenset({1, 2}))
    chart = page.alone(page.figure(plot, "Precision and coverage", reading))
    return page.heading("The confidence filter") + page.paragraph(_chosen(found)) + table + chart


def slices(found: Section) -> str:
    """Where it is good and where not."""
    rows = [
        [
            kind.capitalize() if place == 0 else "",
            each["name"],
            str(each["pictures"]),
            f"{each['accuracy']:.3f}",
            f"{each['lower']:.3f} to {each['upper']:.3f}",
        ]
        for kind, groups in found.items()
        for place, each in enumerate(groups)
    ]
    note = (
        "Brightness and sharpness cut the test images in three parts. The interval is Wilson's, 95 %: groups whose "
        "intervals overlap may differ by chance."
    )
    head = ["Kind", "Group", "Images", "Accuracy", "95 % interval"]
    return page.heading("By kind of image") + page.table(head, rows, NUMBERS) + page.paragraph(note, "muted")


def leakage(found: Section, plot: bytes | None, warning: str | None) -> str:
    """Images in two splits."""
    text = page.heading("Images in two splits") + (page.paragraph(warning, "bad") if warning else "")
    rows = [[_title(name), str(each["exact"]), str(each["near"])] for name, each in found.items()]
    note = (
        "Near images have nearly the same outlines and colours, whatever their size or encoding. The counts are of "
        "the first split's images; the first twenty pairs are named in evaluation.json."
    )
    table = page.table(["Splits", "Equal", "Near"], rows, frozenset({1, 2})) + page.paragraph(note, "muted")
    if plot is None:
        return text + table
    pairs = [pair for each in found.values() for pair in each["pairs"]]
    named = [[pair["kind"], *(f"{name}/{path}" for name, path in pair.items() if name != "kind")] for pair in pairs]
    sheet = page.figure(plot, "Images in two splits", "The first pairs: each column is one.")
    return text + table + sheet + page.table(["Kind", "Image", "Is like"], named[:20])


def occlusion(plot: bytes) -> str:
    """Where it looked."""
    reading = (
        "A patch of the image's mean colour was moved over each of the worst mistakes. Where it is red, hiding the "
        "place makes the net less sure of its wrong answer: that is what it saw. Blue is the opposite."
    )
    return page.heading("Where the net looked") + page.figure(plot, "Occlusion maps", reading)


def _chosen(found: Section) -> str:
    target = f"{found['target_precision']:.0%}"
    if not found["target_reached"]:
        return (
            f"However high the threshold, fewer than {target} of the passing answers were right on the "
            f"{found['pictures']} validation images: 1 is recommended, so that a person decides."
        )
    return (
        f"A confidence threshold of {found['recommended']:g} is recommended: the lowest at which at least {target} "
        f"of the passing answers were right on the {found['pictures']} validation images. It is recorded with the "
        "version; the stack uses it where its ConfidenceThreshold is auto."
    )


def _point(point: Section) -> list[str]:
    return [f"{point['coverage']:.1%}", "none" if point["precision"] is None else f"{point['precision']:.1%}"]


def _title(name: str) -> str:
    return " and ".join(name.split("_"))
