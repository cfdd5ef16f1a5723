"""CloudFormation's limits on a template."""

from __future__ import annotations

from seedcode.stack.template import LARGEST_BYTES, MOST, Template

LONGEST_DESCRIPTION = 1024


def check(template: Template) -> list[str]:
    """Say which limits the template breaks."""
    found = []
    if template.size > LARGEST_BYTES:
        found.append(f"The template has {template.size} bytes; CloudFormation takes {LARGEST_BYTES}.")
    for section, most in MOST.items():
        count = len(template.document.get(section, {}))
        if count > most:
            found.append(f"The template has {count} {section.lower()}; CloudFormation takes {most}.")
    length = len(template.document.get("Description", "").encode())
    if length > LONGEST_DESCRIPTION:
        found.append(f"The template's description has {length} bytes; CloudFormation takes {LONGEST_DESCRIPTION}.")
    return found
