"""The exercise questions: what each asks, how an answer is tried and how it is judged.

A notebook needs two lines:

    from course_lib.questions import checker
    check = checker("03_energy_based_models")

Nothing but this registry is imported until a topic is asked for: the process that runs a student's code in marking
loads the probes only.
"""

import importlib
from typing import Any, Callable

from course_lib.inputs import InputError
from course_lib.questions.contract import Question

TOPICS = {
    "03_energy_based_models": "course_lib.questions.energy_based_models",
    "11a_normalizing_flows": "course_lib.questions.normalizing_flows",
    "11b_image_and_continuous_flows": "course_lib.questions.image_and_continuous_flows",
    "12_denoising_diffusion": "course_lib.questions.denoising_diffusion",
}


def load_topic(topic: str) -> tuple[Question, ...]:
    """The questions of a topic, in the order of its notebook. An unknown topic is an `InputError` naming the known."""
    if topic not in TOPICS:
        raise InputError(f"There are no questions for the topic {topic!r}; known topics: {', '.join(sorted(TOPICS))}.")
    return importlib.import_module(TOPICS[topic]).QUESTIONS


def load_question(topic: str, name: str) -> Question:
    """One question by name. An unknown name is an `InputError` naming the known."""
    questions = {question.name: question for question in load_topic(topic)}
    if name not in questions:
        raise InputError(f"{topic} has no question {name!r}; its questions: {', '.join(questions)}.")
    return questions[name]


def checker(topic: str) -> Callable[[str, Any], None]:
    """The function check(name, answer) of a notebook: see `course_lib.questions.check`."""
    from course_lib.questions.check import make_check

    return make_check(topic)
