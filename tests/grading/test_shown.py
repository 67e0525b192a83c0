"""Characters of others that would steer a terminal, in every place that prints them."""

import unicodedata

import pytest

from course_lib.grading.events import _sentence
from course_lib.grading.marking import CodeCell, _notes
from course_lib.grading.observation import Observation, Trouble
from course_lib.grading.results import TIMEOUT
from course_lib.grading.shown import UNFIT, shown

NASTY = "\x1b]0;title\x07\x9b2J\u202e\u200f\ud800\u2028\u2029"


def test_what_is_replaced_and_what_stays():
    assert shown("a\x1b[2J\tb\u202ec\ud800d\u2028e\u2029\x9b\x00\n\r\x7f") == "a?[2J?b?c?d?e??????"
    honest = "Übung 3 (1) – Jörg's 作业 🙂 = [x]<y>\u00a0.ipynb"
    assert shown(honest) == honest
    everything = shown("".join(map(chr, range(0x110000))))
    assert len(everything) == 0x110000 and not {unicodedata.category(character) for character in set(everything)} & UNFIT
    assert everything.encode("utf-8")


@pytest.mark.parametrize("text", [NASTY, "\n".join(NASTY), NASTY * 1000])
def test_a_workers_sentence_and_a_cells_first_line(text):
    seen = Observation(cell_troubles={0: Trouble(TIMEOUT, "it did not finish.")})
    for said in (_sentence(text), *_notes([CodeCell(text, None)], seen)):
        assert shown(said) == said and len(said) <= 500


def test_a_sentence_keeps_its_words():
    assert _sentence("it stopped\nin line 1\twith \x1b[31mValueError") == "it stopped in line 1 with ?[31mValueError"
    assert _sentence(7) == "it stopped."
