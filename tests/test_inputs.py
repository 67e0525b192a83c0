"""One clear sentence: expected, came, what to do. And what a notebook shows of it."""

import re

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_lib import inputs
from course_lib.inputs import InputError

X = torch.zeros(4, 3)

SENTENCES = {  # call -> (what was expected, what came, what to do)
    "positive: zero": (lambda: inputs.require_positive("step_size", 0), "step_size to be a finite number above 0", "the int 0",
                       "pass for instance step_size=0.1"),
    "positive: text": (lambda: inputs.require_positive("step_size", "0.1"), "step_size to be a finite number above 0",
                       "the str '0.1'", "pass for instance step_size=0.1"),
    "positive: nan": (lambda: inputs.require_positive("scale", float("nan")), "scale to be a finite number above 0",
                      "the float nan", "pass for instance scale=0.1"),
    "positive: true": (lambda: inputs.require_positive("scale", True), "scale to be a finite number above 0", "the bool True",
                       "pass for instance scale=0.1"),
    "count: fraction": (lambda: inputs.require_count("n", 2.5), "n to be a whole number of at least 1", "the float 2.5",
                        "pass for instance n=10"),
    "count: small": (lambda: inputs.require_count("n", 19, minimum=20), "n to be a whole number of at least 20", "the int 19",
                     "pass for instance n=20"),
    "batch: list": (lambda: inputs.require_batch("x", [1.0]), "x to be a float32 or float64 tensor of shape (n, dim)",
                    "the list [1.0]", "make it one with torch.as_tensor"),
    "batch: numpy": (lambda: inputs.require_batch("x", np.zeros((2, 3))), "x to be a float32 or float64 tensor of shape (n, dim)",
                     "a float64 ndarray of shape (2, 3)", "make it one with torch.as_tensor"),
    "batch: ints": (lambda: inputs.require_batch("x", X.long()), "x to be a float32 or float64 tensor of shape (n, dim)",
                    "a int64 tensor of shape (4, 3)", "convert it with x.float()"),
    "batch: half": (lambda: inputs.require_batch("x", X.half()), "x to be a float32 or float64 tensor of shape (n, dim)",
                    "a float16 tensor of shape (4, 3)", "convert it with x.float()"),
    "batch: point": (lambda: inputs.require_batch("y", X[0]), "y to be a float32 or float64 tensor of shape (n, dim)",
                     "a float32 tensor of shape (3,)",
                     "one row is one point: for a single point use y[None, :], for n numbers on a line y[:, None]"),
    "batch: images": (lambda: inputs.require_batch("y", torch.zeros(2, 8, 8)),
                      "y to be a float32 or float64 tensor of shape (n, dim)",
                      "a float32 tensor of shape (2, 8, 8)", "one row is one point: flatten each with y.flatten(1)"),
    "batch: empty": (lambda: inputs.require_batch("y", X[:0]), "y to be a float32 or float64 tensor of shape (n, dim)",
                     "a float32 tensor of shape (0, 3)", "pass at least one point"),
    "batch: columns": (lambda: inputs.require_batch("y", X, dim=2), "y to be a float32 or float64 tensor of shape (n, 2)",
                       "a float32 tensor of shape (4, 3)", "check that the points live in 2 dimensions"),
    "density: value": (lambda: inputs.evaluate_log_prob(X, X), "log_prob to be a function of a batch of points",
                       "a float32 tensor of shape (4, 3)", "pass the function itself, not its value"),
    "density: float": (lambda: inputs.evaluate_log_prob(lambda x: 0.0, X),
                       "log_prob to return one number a point, a floating tensor of shape (4,)", "the float 0.0",
                       "return a tensor computed from x"),
    "density: coordinates": (lambda: inputs.evaluate_log_prob(lambda x: x, X),
                             "log_prob to return one number a point, a floating tensor of shape (4,)",
                             "a float32 tensor of shape (4, 3)", "sum over the last axis and no other, with .sum(-1)"),
    "density: column": (lambda: inputs.evaluate_log_prob(lambda x: x[:, :1], X),
                        "log_prob to return one number a point, a floating tensor of shape (4,)",
                        "a float32 tensor of shape (4, 1)", "drop the last axis with [:, 0]"),
    "density: nan": (lambda: inputs.evaluate_log_prob(lambda x: torch.tensor([0, torch.nan, 0, torch.nan]), X),
                     "log_prob to be a number at every point", "NaN at 2 of 4 points",
                     "look there for 0/0, inf - inf or the log of a negative number"),
    "density: infinite": (lambda: inputs.evaluate_log_prob(lambda x: x[:, 0] + torch.inf, X), "log_prob to be below +inf",
                          "+inf at some point", "a density must be finite: look for a division by zero"),
    "support": (lambda: inputs.require_support(torch.tensor([0.0, -torch.inf])),
                "every chain to start where the density is positive", "log_prob = -inf at 1 of 2 starting points",
                "move these points into the support"),
}


@pytest.mark.parametrize("call, expected, came, remedy", SENTENCES.values(), ids=SENTENCES)
def test_the_sentence(call, expected, came, remedy):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == f"Expected {expected}, but got {came}; {remedy}."


def test_what_fits_passes():
    for value in (1, 0.3, np.float32(2.0), np.int64(3)):
        inputs.require_positive("step_size", value)
    for value in (1, np.int64(3)):
        inputs.require_count("n", value)
    inputs.require_count("warmup", 0, minimum=0)
    for x in (X, X.double()):
        inputs.require_batch("x", x)
        inputs.require_batch("x", x, dim=3)
    value = torch.tensor([0.0, -torch.inf, 1.0, 2.0])
    assert inputs.evaluate_log_prob(lambda x: value, X) is value
    inputs.require_support(value[2:])


def test_descriptions_are_short_and_on_one_line():
    assert inputs.describe(None) == "None"
    assert inputs.describe(np.float64(-1.5)) == "the float64 np.float64(-1.5)"
    text = inputs.describe(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.SiLU()))
    assert text.startswith("the Sequential Sequential(") and "\n" not in text and len(text) < 60


def test_value_and_gradient():
    """Against the closed form of a Gaussian, also when gradients are switched off outside."""
    x = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    weight = torch.ones((), dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        value, grad = inputs.log_prob_and_grad(lambda x: -weight * (x**2).sum(-1) / 2, x)
    torch.testing.assert_close(value, -(x.detach() ** 2).sum(-1) / 2)
    torch.testing.assert_close(grad, -x.detach())
    assert not value.requires_grad and not grad.requires_grad and x.grad is None and weight.grad is None
    plain = x.detach()
    inputs.log_prob_and_grad(lambda x: -(x**2).sum(-1) / 2, plain)
    assert not plain.requires_grad  # the caller's tensor is not marked


def shown(cell):
    """What a notebook shows when the cell fails, without colours."""
    shell = InteractiveShell.instance()
    with capture_output() as captured:
        result = shell.run_cell(cell, store_history=True)
    assert isinstance(result.error_in_exec, InputError)
    return re.sub(r"\x1b\[[0-9;]*m", "", captured.stdout + captured.stderr)


CELL = """import torch
from course_lib.samplers import MALA, sample
def my_energy(x):
    return (x**2).sum()
start = torch.zeros(4, 2)
run = sample(MALA(0.1), lambda x: -my_energy(x), start, 10)
"""


def test_a_notebook_shows_the_own_line_and_the_sentence():
    text = shown(CELL)
    assert "at: run = sample(MALA(0.1), lambda x: -my_energy(x), start, 10)" in text
    assert "InputError: Expected log_prob to return one number a point" in text
    assert len(text.strip().splitlines()) == 2
    assert "course_lib" not in text and "Traceback" not in text and ".py" not in text


def test_the_line_shown_is_the_innermost_own_one():
    """Through a torch module of the library: the frames between, torch's and ours, are left out."""
    text = shown("""import torch
from course_lib.models import MLPEnergy
def evaluate(energy):
    return energy(torch.zeros(3))
evaluate(MLPEnergy())
""")
    assert "at: return energy(torch.zeros(3))" in text and "x[None, :]" in text and len(text.strip().splitlines()) == 2


def test_a_settings_mistake_shows_the_line_that_made_it():
    """A dataclass makes its __init__ from text that has no file: such a frame has no line to show."""
    text = shown("from course_lib.samplers import MALA\nMALA(step_size=-1.0)\n")
    assert "at: MALA(step_size=-1.0)" in text and "step_size to be a finite number above 0" in text
