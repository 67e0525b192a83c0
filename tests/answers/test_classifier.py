"""The grader as a classifier: every right answer earns all points, every wrong one loses some and is told why.

Answers are judged by comparison with an exact result, on the inputs of several seeds; the only chance is in the inputs.
"""

import pytest

from course_lib.questions import TOPICS, load_question, load_topic
from course_lib.questions.check import PUBLIC_SEED, try_answer
from tests.answers.loader import Answer, answers

SEEDS = (PUBLIC_SEED, 1, 2, 3, 4)
MINIMUM_RIGHT, MINIMUM_WRONG = 3, 6
ANSWERS = answers()


def name(answer: Answer) -> str:
    return f"{answer.question}/{answer.path.stem}"


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.right], ids=name)
def test_right_answers_earn_all_points(answer):
    question = load_question(answer.topic, answer.question)
    for seed in SEEDS:
        marks = try_answer(question, answer.load(), seed)
        assert marks.points == marks.max_points, (seed, marks)
        assert marks.messages == ()


@pytest.mark.parametrize("answer", [a for a in ANSWERS if not a.right], ids=name)
def test_wrong_answers_are_told_what_is_wrong(answer):
    question = load_question(answer.topic, answer.question)
    for seed in SEEDS:
        marks = try_answer(question, answer.load(), seed)
        assert marks.points < marks.max_points, seed
        assert answer.header("expect") in "\n".join(marks.messages), (seed, marks)
        if answer.header("points"):
            assert marks.points == float(answer.header("points")), (seed, marks)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_question_has_enough_answers_that_differ(topic):
    for question in load_topic(topic):
        own = [a for a in ANSWERS if (a.topic, a.question) == (topic, question.name)]
        right, wrong = [a for a in own if a.right], [a for a in own if not a.right]
        assert len(right) >= MINIMUM_RIGHT and len(wrong) >= MINIMUM_WRONG, question.name
        bodies = [a.path.read_text(encoding="utf-8").split("def ", 1)[1] for a in own]
        assert len(set(bodies)) == len(bodies), f"two answers to {question.name} are the same"
        assert all(a.header("expect") and a.header("misconception") for a in wrong), question.name
        assert all(a.header("right") for a in right), question.name


def test_every_file_belongs_to_a_question():
    known = {(topic, question.name) for topic in TOPICS for question in load_topic(topic)}
    for answer in ANSWERS:
        assert (answer.topic, answer.question) in known and answer.path.name.startswith(("right_", "wrong_")), answer.path
