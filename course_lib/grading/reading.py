"""The bytes of a submitted file -> what its cells say, read leniently and within limits."""

import json
from typing import NamedTuple

MAX_BYTES = 50_000_000
MAX_CELLS = 2000
MAX_SOURCE = 200_000  # characters of one cell
MAX_TEXT = 200_000    # characters of all text cells together


class StudentCell(NamedTuple):
    """What a student's cell says, and what its metadata claim."""

    kind: str
    source: str
    grade_id: str | None
    tags: tuple[str, ...]


class NotANotebook(Exception):
    """`str(error)` says why, as the end of a sentence."""


class TooLong(NotANotebook):
    """Perhaps a notebook, but more than anybody writes."""


def read_cells(data: bytes, remarks: list[str]) -> list[StudentCell]:
    """The cells of a notebook of format 4, or of an older one, leniently. Raises `NotANotebook` alone."""
    if not data.strip():
        raise NotANotebook("it is empty")
    if len(data) > MAX_BYTES:
        raise TooLong(f"it has {len(data) / 1e6:.0f} MB, more than {MAX_BYTES / 1e6:.0f}; clear its outputs")
    try:
        content = json.loads(data)  # UTF-8, or UTF-16 and UTF-32 as some editors of Windows save
    except UnicodeDecodeError:
        raise NotANotebook("it is not text") from None
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotANotebook(f"its text breaks off or is damaged{where}") from None
    if not isinstance(content, dict):
        raise NotANotebook("it holds no cells")
    cells = content.get("cells")
    if not isinstance(cells, list):
        sheets = content.get("worksheets")
        sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
        remarks.append("The notebook is of an old format (nbformat 3) and was upgraded.")
    if not cells:
        raise NotANotebook("it holds no cells")
    if len(cells) > MAX_CELLS:
        raise TooLong(f"it has {len(cells)} cells, more than {MAX_CELLS}")
    read = [_read_cell(cell) for cell in cells if isinstance(cell, dict)]
    return _within_limits(read, remarks)


def _within_limits(cells: list[StudentCell], remarks: list[str]) -> list[StudentCell]:
    """Empty the cells that are too long, and the text cells that are too much together (pages are made from them)."""
    long = [len(cell.source) for cell in cells if len(cell.source) > MAX_SOURCE]
    if long:
        remarks.append(f"A cell of {max(long)} characters was left out; {MAX_SOURCE} are allowed.")
    out, text, dropped = [], 0, 0
    for cell in cells:
        if len(cell.source) > MAX_SOURCE:
            cell = cell._replace(source="")
        elif cell.kind != "code" and text + len(cell.source) > MAX_TEXT:
            cell, dropped = cell._replace(source=""), dropped + 1
        elif cell.kind != "code":
            text += len(cell.source)
        out.append(cell)
    if dropped:
        remarks.append(f"{dropped} text cells were left out; a notebook may hold {MAX_TEXT} characters of text.")
    return out


def _read_cell(cell: dict) -> StudentCell:
    kind = cell.get("cell_type")
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    source = source.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be written to a file
    if kind == "heading":
        kind, source = "markdown", f"# {source}"
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    claimed = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    grade_id = claimed.get("grade_id") if isinstance(claimed.get("grade_id"), str) else None
    tags = metadata.get("tags") if isinstance(metadata.get("tags"), list) else []
    return StudentCell(kind if kind in ("code", "markdown") else "raw", source, grade_id,
                       tuple(tag for tag in tags if isinstance(tag, str)))
