"""How much one submission may use. All are wall-clock seconds or bytes; `nbgrader_config.py` sets them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """start: until the worker is ready (imports); cell: one cell; question: one case of one; total: everything."""

    start_seconds: float = 120.0
    cell_seconds: float = 60.0
    question_seconds: float = 60.0
    total_seconds: float = 600.0
    line_bytes: int = 8_000_000
    total_bytes: int = 64_000_000
