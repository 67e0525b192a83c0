"""Mutants of the reference answers: at least 95 % are caught, and each survivor is listed with the reason why it is right.

tests/answers/<topic>/equivalent_mutants.txt holds one line a survivor: question | before -> after | reason.
"""

import functools
import math

import pytest
import torch

from course_lib.questions import TOPICS, load_question, load_topic
from course_lib.questions.check import PUBLIC_SEED, try_answer
from course_lib.questions.contract import Question
from course_lib.questions.quiet import quiet
from tests.answers.loader import FOLDER
from tests.answers.mutants import STEP_LIMIT, limited, mutants
from tests.answers.references import references

SEEDS = (PUBLIC_SEED, 1)
TOPIC_LIST = sorted(TOPICS)


def survives(question: Question, source: str) -> bool:
    """Does this source earn all points on the cases of every seed?"""
    namespace: dict = {"math": math, "torch": torch}
    exec(compile(source, "<mutant>", "exec"), namespace)
    answer = limited(namespace[question.name], "<mutant>")
    with quiet():
        return all(try_answer(question, answer, seed).points == question.max_points for seed in SEEDS)


@functools.cache
def outcome(topic: str) -> dict[tuple[str, str], bool]:
    """(question, description) -> did the mutant survive?"""
    return {(name, description): survives(load_question(topic, name), mutant)
            for name, source in references(topic).items() for description, mutant in mutants(source)}


def listed(topic: str) -> dict[tuple[str, str], str]:
    lines = (FOLDER / topic / "equivalent_mutants.txt").read_text(encoding="utf-8").splitlines()
    rows = [[field.strip() for field in line.split(" | ")] for line in lines if line.strip() and not line.startswith("#")]
    assert all(len(row) == 3 and row[2] for row in rows), "question | before -> after | reason"
    assert len({(row[0], row[1]) for row in rows}) == len(rows), "a mutant is listed twice"
    return {(row[0], row[1]): row[2] for row in rows}


@pytest.mark.parametrize("topic", TOPIC_LIST)
def test_every_reference_earns_all_points(topic):
    sources = references(topic)
    assert list(sources) == [question.name for question in load_topic(topic)]
    for name, source in sources.items():
        assert survives(load_question(topic, name), source), name


@pytest.mark.parametrize("topic", TOPIC_LIST)
def test_mutants_are_caught(topic):
    results = outcome(topic)
    for name in references(topic):
        own = [survived for (question, _), survived in results.items() if question == name]
        assert len(own) >= 10, f"only {len(own)} mutants of {name}"
    caught = sum(not survived for survived in results.values())
    print(f"{topic}: {caught} of {len(results)} mutants caught")
    assert caught >= 0.95 * len(results)


@pytest.mark.parametrize("topic", TOPIC_LIST)
def test_survivors_are_listed_with_a_reason(topic):
    survivors, reasons = {key for key, survived in outcome(topic).items() if survived}, listed(topic)
    assert not survivors - set(reasons), "catch these, or list them with the reason why they are right"
    assert not set(reasons) - survivors, "these are listed, but no such mutant survives any more"


def test_mutants_differ_from_the_function_and_from_each_other():
    source = "def f(a, b):\n    for c in b:\n        a = a * 2 + c.mean(dim=0)\n    return (a, -b)\n"
    found = list(mutants(source))
    assert len({mutant for _, mutant in found}) == len(found) and source.strip() not in {m.strip() for _, m in found}
    descriptions = " # ".join(description for description, _ in found)
    for part in ("a / 2", "a * 3", "c.sum(dim=0)", "dim=1", "return (-b, a)", "return (a, b)", "break", "return (a,)", "pass"):
        assert part in descriptions, part


def test_endless_mutants_are_stopped():
    source = "def f(n):\n    while n > 0:\n        n = n + 1\n    return n\n"
    namespace: dict = {}
    exec(compile(source, "<endless>", "exec"), namespace)
    with pytest.raises(TimeoutError):
        limited(namespace["f"], "<endless>")(1)
    assert limited(namespace["f"], "<endless>")(0) == 0 and STEP_LIMIT > 1000
