"""What is left of a cell that hangs or crashes."""

import pytest

from course_lib.grading.definitions import ANY, WITHOUT_CALL, binds, definitions_only, reductions

CELL = """import os
K = 2
half = lambda c: len(c) / K
rate = float("0.5")
@staticmethod
def f(a=1):
    return a
f(3)
while True: pass
after = 1
class A: pass
from a import b"""


def assigned(source: str) -> set[str]:
    return {name for name in ("K", "half", "rate", "after") if f"    {name} = " in source}


def test_imports_and_definitions_alone():
    assert definitions_only(CELL) == ("import os\n\n@staticmethod\ndef f(a=1):\n    return a\n\nclass A:\n    pass\n"
                                      "from a import b")
    for source in ("%magic\ndef f(): pass", "def f(:", "\0", "x = 1", ""):
        assert definitions_only(source) == ""


def test_each_reduction_keeps_less():
    """First without the loop, then without calls, then without constants, at last nothing."""
    kept = reductions(CELL)
    assert [assigned(source) for source in kept] == [{"K", "half", "rate"}, {"K", "half"}, set(), set()]
    assert kept[2] == definitions_only(CELL) and kept[3] == "" and not any("while" in source for source in kept)


@pytest.mark.parametrize("source, left", [
    ("def f(): pass", [""]), ("%magic", [""]), ("while True: pass", [""]), ("x = hang()", [""]),
    ("x = hang()\ndef f(): pass", ["def f():\n    pass", ""]), ("def f(): pass\nf()", ["def f():\n    pass", ""])])
def test_nothing_is_run_again_as_it_was(source, left):
    assert reductions(source) == left


@pytest.mark.parametrize("kept", [ANY, WITHOUT_CALL])
def test_a_constant_that_cannot_be_made_takes_no_definition_with_it(kept):
    names = {}
    exec(definitions_only("y = x + 1\nK: int = 3\nK += 1\ndef f(): return K\nfor i in (): pass", kept), names)
    assert names["f"]() == 4 and "y" not in names


@pytest.mark.parametrize("source, expected", [
    ("def f(): pass", True), ("a = f = 1", True), ("(f, g) = 1, 2", True), ("for f in (): pass", True), ("class f: pass", True),
    ("from a import f", True), ("import a as f", True), ("if a:\n    f += 1", True), ("del f", True), ("%time f = 1", True),
    ("f(1)", False), ("g = f", False), ("a.f = 1", False), ("%time g = 1", False), ("'f = 1'", False), ("", False)])
def test_which_cells_give_a_name_a_new_meaning(source, expected):
    assert binds(source, "f") is expected
