"""Text that somebody else wrote, made fit for a terminal, a table and a file."""

import unicodedata

UNFIT = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, format (right-to-left and the like), lone surrogates, line separators


def shown(text: str) -> str:
    """The text with '?' for every character that steers a display or cannot be written as UTF-8."""
    return "".join("?" if unicodedata.category(character) in UNFIT else character for character in text)
