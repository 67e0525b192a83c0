"""The references of the posteriors: log Z, means and variances by two independent routes, side by side.

`python3 course.py reproduce sampler_references` prints the table;
`python -m course_lib.experiments.sampler_references FOLDER [TARGET ...]` writes one JSON file a target.
"""

import json
import math
import re
import sys
import time
from pathlib import Path
from typing import Callable, NamedTuple

import torch

from course_lib.experiments.reference_methods import Estimate, adaptive_importance_sampling, laplace, mala_and_bridge
from course_lib.randomness import make_generator
from course_lib.targets import EightSchools, LogisticRegression, logistic_regression

F64 = dict(dtype=torch.float64)
STEP_SIZE = 0.3    # of MALA, where the target is whitened
AGREEMENT = 6.2    # two routes differ by more in one of 1200 comparisons: probability below 1e-6
SHORT = 8          # the short budget is an eighth
DIGITS = 8         # significant digits in the files


class Case(NamedTuple):
    """A target, its definition in words, and log Z as printed in the literature (NaN: none for this definition)."""

    make: Callable[[], LogisticRegression | EightSchools]
    definition: str
    published: float = math.nan


def _logistic(name: str, prior_scale: float = 1.0, scaling: str = "standardised", published: float = math.nan) -> Case:
    how = "mean 0 and standard deviation 1 (divisor n)" if scaling == "standardised" else "standard deviation 1, not centred"
    return Case(lambda: logistic_regression(name, prior_scale, scaling, **F64),
                f"weights (intercept first) of a logistic regression on all rows of {name}, inputs scaled to {how}, "
                f"prior N(0, {prior_scale:g}^2 I)", published)


def _schools(prior: str, words: str) -> Case:
    return Case(lambda: EightSchools(prior, **F64), f"(mu, log tau, eta_1..8) of eight schools, not centred, {words}")


# The two published values stand as ground truth in the code of arXiv:2302.13834.
CASES = {
    "logistic_regression_sonar": _logistic("sonar", published=-108.580864),
    "logistic_regression_ionosphere": _logistic("ionosphere", published=-111.55908),
    "logistic_regression_breast_cancer": _logistic("breast_cancer"),
    "logistic_regression_german_credit": _logistic("german_credit"),
    "logistic_regression_breast_cancer_divided": _logistic("breast_cancer", 10.0, "divided"),
    "logistic_regression_german_credit_divided": _logistic("german_credit", 10.0, "divided"),
    "eight_schools_posteriordb": _schools("posteriordb", "mu ~ N(0, 5^2), tau ~ half-Cauchy(5)"),
    "eight_schools_inference_gym": _schools("inference_gym", "mu ~ N(0, 10^2), log tau ~ N(5, 1)"),
}


class Row(NamedTuple):
    """log Z by both routes; z: their difference in standard errors; worst_z: the largest one of all means and variances.

    k_hat: of the importance weights.
    """

    target: str
    dim: int
    routes: str
    log_z: float
    error: float
    second_log_z: float
    second_error: float
    z: float
    worst_z: float
    published: float
    effective: float
    second_effective: float
    k_hat: float
    seconds: float


def estimates(name: str, short: bool = False, seed: int = 0) -> dict[str, Estimate]:
    """Both routes' results for one of CASES: route -> Estimate."""
    target, generator = CASES[name].make(), make_generator(seed)
    share, schools = SHORT if short else 1, isinstance(target, EightSchools)
    mean, covariance = (target.mean, target.variance.diag()) if schools else laplace(target.log_prob, target.dim)
    weighted = {"importance sampling":
                adaptive_importance_sampling(target.log_prob, mean, covariance, 320_000 // share, generator)}
    if schools:
        exact = torch.full((target.dim,), 1e-9, **F64)
        return {"quadrature": Estimate(target.log_z, 1e-9, target.mean, exact, target.variance, exact, math.inf)} | weighted
    chains = mala_and_bridge(target.log_prob, mean, covariance, STEP_SIZE, 192, 8000 // share, generator)
    return weighted | {"MALA and bridge sampling": chains}


def differences(first: Estimate, second: Estimate) -> tuple[float, float]:
    """|difference| / standard error: of log Z, and the largest one among the means and variances."""
    log_z = abs(first.log_z - second.log_z) / math.hypot(first.log_z_error, second.log_z_error)
    pairs = ((first.mean, first.mean_error, second.mean, second.mean_error),
             (first.variance, first.variance_error, second.variance, second.variance_error))
    return log_z, max(float(((a - b).abs() / torch.hypot(ea, eb)).max()) for a, ea, b, eb in pairs)


def combine(first: Estimate, second: Estimate) -> dict[str, float | list[float]]:
    """The average of both, weighted by 1 / error^2, entry by entry."""
    content = {}
    for key in ("log_z", "mean", "variance"):
        a, ea, b, eb = (torch.as_tensor(getattr(part, name), **F64) for part in (first, second)
                        for name in (key, f"{key}_error"))
        weight = eb.square() / (ea.square() + eb.square())
        content[key], content[f"{key}_error"] = weight * a + (1 - weight) * b, ea * eb / torch.hypot(ea, eb)
    return {key: _rounded(value) for key, value in content.items()}


def table(short: bool = False, seed: int = 0) -> list[Row]:
    """One row a target; `short` draws an eighth."""
    rows = []
    for name, case in CASES.items():
        start = time.perf_counter()
        routes = estimates(name, short, seed)
        first, second = routes.values()
        z, worst = differences(first, second)
        rows.append(Row(name, len(first.mean), " / ".join(routes), first.log_z, first.log_z_error, second.log_z,
                        second.log_z_error, z, worst, case.published, first.num_effective, second.num_effective,
                        routes["importance sampling"].k_hat, time.perf_counter() - start))
    return rows


def write_references(folder: str | Path, names: tuple[str, ...] = tuple(CASES), seed: int = 0) -> None:
    """One JSON file a target into `folder`. Raises ArithmeticError for a target on which the routes disagree."""
    for name in names:
        routes = estimates(name, seed=seed)
        z, worst = differences(*routes.values())
        if not max(z, worst) < AGREEMENT:
            raise ArithmeticError(f"The two routes disagree on {name}: by {z:.1f} standard errors in log Z, "
                                  f"{worst:.1f} elsewhere.")
        content = {"target": name, "definition": CASES[name].definition, "seed": seed, "combined": combine(*routes.values()),
                   "routes": {route: {key: _rounded(value) for key, value in estimate._asdict().items()
                                      if key not in ("num_effective", "k_hat")} for route, estimate in routes.items()}}
        text = json.dumps(content, indent=1)
        text = re.sub(r"\[\s+([^\]]+?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text)
        (Path(folder) / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        print(f"{name}: log Z {' / '.join(f'{e.log_z:.4f} +- {e.log_z_error:.4f}' for e in routes.values())}, "
              f"z {z:.2f}, worst of the moments {worst:.2f}", flush=True)


def _rounded(value: float | torch.Tensor) -> float | list[float]:
    values = torch.as_tensor(value, **F64).tolist()
    return [float(f"{v:.{DIGITS}g}") for v in values] if isinstance(values, list) else float(f"{values:.{DIGITS}g}")


if __name__ == "__main__":
    write_references(sys.argv[1], tuple(sys.argv[2:]) or tuple(CASES))
