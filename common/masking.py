"""Hides secrets in what is shown: by the names of values, and by what a value itself looks like.

A name is taken for a secret's when in doubt: what is hidden wrongly can be read elsewhere, what is shown wrongly cannot
be taken back. A program's own words in its log are not masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HIDDEN = "(hidden)"

# In a name without its separators: apiToken, API_TOKEN, api-token and dbpassword are found alike.
_WITHIN = re.compile(
    r"passw(or)?d|passphrase|secret|token|credential|(api|access|private|signing|auth|account|encryption)key"
    r"|connectionstring|authorization|bearer|cookie|signature"
)
_PARTS = {"auth", "dsn", "jwt", "pass", "pat", "psk", "pwd", "sig"}
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

_VALUES = ("DefaultValue", "Value", "EnumValues")
_ARGUMENTS = ("ContainerArguments", "ContainerEntrypoint")

# scheme://user:password@host (the password may hold @ and /), and scheme://token@host.
_USER_INFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/@:\"'<>]{0,500}:[^\s\"'<>]{0,500}|[^\s/@:\"'<>]{1,500})@")
# `name=`, `name: ` and, in a command, `--name `; then what may be the value.
_NAMED = re.compile(r"([A-Za-z][\w.-]*)\\?[\"']?\s*[=:]\s*|(?:(?<=\s)|^)--?([A-Za-z][\w-]*)\s+(?=[^\s-])")
_VALUE = re.compile(r"\\?\"[^\"]*\"|'[^']*'|[^\s\"'&,;})\]]+")
_SCHEME = re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|hf_|xox[abeoprs]-|sk-|sk_live_|rk_live_)[\w-]{16,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
)


def is_secret_name(name: str) -> bool:
    """Whether a value of this name is likely to be a secret: `api_token`, `--password`, `dbPassword`, `AuthKey`."""
    return bool(_WITHIN.search(re.sub(r"[^A-Za-z0-9]", "", name).lower())) or bool(
        _PARTS & {word.lower() for word in _WORD.findall(name)}
    )


def mask_value(name: str, value: str) -> str:
    """Return a value as it may be shown beside its name."""
    return HIDDEN if value and is_secret_name(name) else mask_text(value)


def mask_text(text: str) -> str:
    """Return a text without the secrets that can be recognised in it."""
    text = _KNOWN.sub(HIDDEN, text)
    text = _USER_INFO.sub(rf"\1{HIDDEN}@", text)
    text = _SCHEME.sub(rf"\1{HIDDEN}", text)
    return "".join(_hide_named(text))


def mask_values(values: Mapping[str, str]) -> dict[str, str]:
    """Mask each value by its name."""
    return {name: mask_value(name, value) for name, value in values.items()}


def mask_words(words: Sequence[str]) -> list[str]:
    """Mask a program's arguments, one for one; what follows a secret's option is hidden whatever it looks like."""
    before = ["", *words]
    return [
        HIDDEN if _is_option(last) and is_secret_name(last) else word if _is_option(word) else mask_text(word)
        for last, word in zip(before, words, strict=False)
    ]


def mask_arguments(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a program's arguments as rows: `--name value` is one, a word that stands alone is another."""
    masked = mask_words(words)
    index = 0
    while index < len(words):
        following = words[index + 1 : index + 2]
        paired = _is_option(words[index]) and bool(following)
        paired = paired and (not following[0].startswith("-") or masked[index + 1] == HIDDEN)
        yield masked[index], masked[index + 1] if paired else ""
        index += 2 if paired else 1


def _is_option(word: str) -> bool:
    return word.startswith("-") and "=" not in word


def mask_document(document: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON document in which each text is masked by the name that it stands under.

    A pair such as `{"Name": "DbPassword", "DefaultValue": "x"}` gives its name to what stands beside it.
    """
    if isinstance(document, Mapping):
        given = next((document[key] for key in ("Name", "Key") if isinstance(document.get(key), str)), "")
        names = {key: given if given and key in _VALUES else key for key in document}
        return {key: mask_document(value, names[key]) for key, value in document.items()}
    if isinstance(document, list):
        if name in _ARGUMENTS and all(isinstance(word, str) for word in document):
            return mask_words(document)
        return [mask_document(member, name) for member in document]
    if isinstance(document, str):
        return mask_value(name, document)
    return HIDDEN if isinstance(document, int | float) and is_secret_name(name) else document


def _hide_named(text: str) -> Iterator[str]:
    """Yield the parts of a text; of a name that is a secret's, the value is hidden."""
    done = 0
    for found in _NAMED.finditer(text):
        if found.start() < done or not is_secret_name(found[1] or found[2]):
            continue
        if value := _VALUE.match(text, found.end()):
            yield text[done : found.end()] + HIDDEN
            done = value.end()
    yield text[done:]
