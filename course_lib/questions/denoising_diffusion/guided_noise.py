"""Question 8: classifier-free guidance, ε_u + w (ε_c − ε_u)."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_model, draw_points
from course_lib.questions.denoising_diffusion.exact import predict
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, uniform


def cases(generator: torch.Generator) -> list[Case]:
    """The null label is once the number of classes and once another; no row has it. Other weights: above 1, inside, below 0."""
    drawn = []
    for part in ("the two models", "other weights"):
        for i, dtype in enumerate((*DTYPES, *["float64"] * 3)):
            n, dim, hidden = distinct(3, 7, 3, generator) if i < 5 else ((1, 4, 5), (4, 1, 5))[i - 5]  # for a squeeze
            num_classes = distinct(4, 9, 1, generator)[0]
            null = num_classes if i % 2 else distinct(1, num_classes - 1, 1, generator)[0]
            classes = [k for k in range(num_classes + 1) if k != null]
            labels = np.array([classes[k] for k in torch.randint(num_classes, (n,), generator=generator).tolist()])
            labels[0], labels[-1] = classes[0], classes[-1]  # never all the same
            weight = float(i % 2) if part == "the two models" else uniform(1.7, 6.0, generator)
            if part == "other weights" and i in (3, 4):
                weight = uniform(0.2, 0.8, generator) if i == 3 else uniform(-2.5, -0.5, generator)
            times = distinct(2, 40, n, generator)
            drawn.append(Case(part, {
                "part": part,
                "model": draw_model(dim, hidden, generator, dtype, num_labels=num_classes + 1), "null_label": null,
                "labels": labels.astype(np.int64), "weight": weight, "t": np.array(times, dtype=np.int64),
                "x": draw_points((n, dim), generator, dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Compare with the two predictions mixed by hand."""
    spec, x, t, labels = inputs["model"], inputs["x"].astype(np.float64), inputs["t"], inputs["labels"]
    null, w = inputs["null_label"], inputs["weight"]

    def under(label: np.ndarray) -> np.ndarray:
        return predict(spec, x, t, label)

    with_label, without = under(labels), under(np.full_like(labels, null))
    expected, difference = without + w * (with_label - without), with_label - without
    shown = "w = 0 gives the model without label, w = 1 the one with it"
    guesses = []
    if w == 0:
        guesses = [Guess("this is the prediction with label, but w = 0 asks for the one without: are the two exchanged, is the "
                         "same label used twice, or the weight not used?", with_label)]
    if w == 1:
        guesses = [Guess("this is the prediction without label, but w = 1 asks for the one with it: are the two exchanged, is "
                         "the null label used twice, or the weight not used?", without)]
    if w < 0:
        guesses = [Guess("the sign of w is dropped, but a negative w goes the other way", without - w * difference),
                   Guess("this is the prediction without label: is a negative w cut off at 0, or the weight not used?", without)]
    if w > 1:
        guesses = [Guess("this is the prediction with label: is w cut off at 1, is it not used, or the same label used twice?",
                         with_label)]
    guesses += [
        Guess(f"the two predictions are exchanged: {shown}", with_label + w * (without - with_label)),
        Guess(f"this is the other convention, (1 + w) ε_c − w ε_u; here {shown}", with_label + w * difference),
        Guess("the difference is subtracted, it should be added", without - w * difference),
        Guess("the difference starts from the prediction with label and goes the wrong way", with_label - w * difference),
        Guess("ε_u is missing: only the scaled difference is there", w * difference),
        Guess("this is the prediction with label alone: the weight is not used, or the same label is used twice", with_label),
        Guess("the weight is not used: this is the prediction without label", without),
        Guess("the weight is not used: this is the mean of both", (with_label + without) / 2),
        Guess("ε_u is not weighted with 1 − w", without + w * with_label),
        Guess("the prediction with label is scaled, but w scales the difference", w * with_label),
        Guess("this is w ε_c − ε_u: the factors must add up to 1", w * with_label - without),
        Guess("this is w ε_c + (1 + w) ε_u: the factors must add up to 1", w * with_label + (1 + w) * without),
        Guess("the weight is squared", without + w**2 * difference),
        Guess("ε_u and ε_c are added up", with_label + without),
    ]
    for value, words in ((0, "label 0"), (-1, "the last row of the model's table"),
                         (int(labels.max()) + 1, "one more than the largest label")):
        taken = under(np.full_like(labels, min(value, len(spec["table"]) - 1)))
        guesses.append(Guess(f"ε_u is taken with {words}, but the null label is null_label", taken + w * (with_label - taken)))
    for other in (labels[::-1], np.full_like(labels, labels[0])):
        c = under(other)
        guesses.append(Guess("every row has its own label", without + w * (c - without)))
    short = predict(spec, x[:1], t[:1], np.array([null]))
    guesses.append(Guess("ε_u is that of the first row for all rows", short + w * (with_label - short)))
    first = predict(spec, x, np.full_like(t, t[0]), labels), predict(spec, x, np.full_like(t, t[0]), np.full_like(labels, null))
    guesses.append(Guess("every row has its own t", first[1] + w * (first[0] - first[1])))
    scale = float((1 + abs(w)) * np.abs(np.stack([with_label, without])).max())
    return compare(outputs["eps"], expected, f"with w = {w:.3g} the guided noise", guesses, scale=scale, tolerance=2e-5,
                   factors={"w": w} if w not in (0.0, 1.0) else None)


GUIDED_NOISE = Question(
    topic="12_denoising_diffusion", title="Guidance without a classifier", difficulty=3, minutes=12,
    contract=Contract(
        name="guided_noise", signature="guided_noise(model, x, t, labels, null_label, weight)",
        arguments={"model": "callable (x (n, dim), t int64 (n,), labels int64 (n,)) -> (n, dim): predicts the noise in x",
                   "x": "float tensor (n, dim): noisy points",
                   "t": "int64 tensor (n,): their steps",
                   "labels": "int64 tensor (n,): the class wanted for each row",
                   "null_label": "int: the label that stands for no class",
                   "weight": "float: w; any number, also below 0 or above 1"},
        returns="float tensor (n, dim): ε_u + w (ε_c − ε_u)"),
    parts={"the two models": 1, "other weights": 1}, cases=cases, judge=keeping_arguments(judge, "other weights"),
    probe="course_lib.questions.probes.denoising_diffusion:guided_noise")
