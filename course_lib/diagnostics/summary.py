"""All diagnostics of a run in one table, and what they amount to in one sentence."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Sequence

import torch
from torch import Tensor

from course_lib.diagnostics.convergence import rhat
from course_lib.diagnostics.effective_sample_size import ess_bulk, ess_tail
from course_lib.diagnostics.energy import count_divergences, ebfmi
from course_lib.diagnostics.positions import require_draws, require_positions
from course_lib.diagnostics.standard_error import mcse_mean
from course_lib.inputs import describe, require

MAX_RHAT, MIN_ESS, MIN_EBFMI = 1.01, 400, 0.3  # arXiv:1903.08008 for the first two, arXiv:1604.00695 for the third
MAX_ROWS = 40  # printed; `rows` has all


class Row(NamedTuple):
    """One coordinate. mcse: standard error of the mean. rhat: NaN for a single chain."""

    name: str
    mean: float
    sd: float
    mcse: float
    ess_bulk: float
    ess_tail: float
    rhat: float


@dataclass(frozen=True)
class Summary:
    """rows: one a coordinate. ebfmi: the smallest of all chains; divergences: of all chains; None where not asked for.

    `complaints` is empty if nothing looks wrong; `verdict` is one sentence; printing shows the table and the verdict.
    """

    rows: tuple[Row, ...]
    num_draws: int
    chains: int
    ebfmi: float | None = None
    divergences: int | None = None

    @property
    def complaints(self) -> tuple[str, ...]:
        """What looks wrong, one phrase each: R-hat above 1.01, ESS below 400, E-BFMI below 0.3, any divergence."""
        found = ["one chain cannot show that it is stuck (R-hat needs two)"] if self.chains == 1 else []
        found += self._worst("R-hat", [(row.name, row.rhat) for row in self.rows if row.rhat > MAX_RHAT], max,
                             f"should be at most {MAX_RHAT}", ".3f")
        for what in ("bulk", "tail"):
            low = [(row.name, ess) for row in self.rows if (ess := getattr(row, f"ess_{what}")) < MIN_ESS]
            found += self._worst(f"the {what} ESS", low, min, f"should be at least {MIN_ESS}", ".0f")
        if self.divergences:
            found.append(f"{self.divergences} transition{'s' * (self.divergences > 1)} diverged")
        if self.ebfmi is not None and self.ebfmi < MIN_EBFMI:
            found.append(f"E-BFMI is {self.ebfmi:.2f} (should be at least {MIN_EBFMI})")
        return tuple(found)

    @staticmethod
    def _worst(what: str, bad: list[tuple[str, float]], choose: Any, wanted: str, digits: str) -> list[str]:
        if not bad:
            return []
        name, value = choose(bad, key=lambda pair: pair[1])
        more = f"; {len(bad) - 1} more {'is' if len(bad) == 2 else 'are'} off too" if len(bad) > 1 else ""
        return [f"{what} of {name} is {value:{digits}} ({wanted}{more})"]

    @property
    def verdict(self) -> str:
        """One sentence: what is wrong, or that nothing seems to be."""
        if self.complaints:
            return f"Do not trust these draws yet: {'; '.join(self.complaints)}."
        return (f"No sign of trouble: R-hat is at most {max(row.rhat for row in self.rows):.3f} and every ESS at least "
                f"{min(min(row.ess_bulk, row.ess_tail) for row in self.rows):.0f}, though chains that all miss the same "
                "region would look like this too.")

    def __str__(self) -> str:
        shown = self.rows
        if len(shown) > MAX_ROWS:  # the worst of them, in their own order
            worst = sorted(range(len(shown)), key=lambda i: min(shown[i].ess_bulk, shown[i].ess_tail))[:MAX_ROWS]
            shown = tuple(self.rows[i] for i in sorted(worst))
        width = max(10, *(len(row.name) for row in shown))
        lines = [f"{'':{width}} {'mean':>10} {'sd':>10} {'MCSE':>9} {'ESS bulk':>9} {'ESS tail':>9} {'R-hat':>7}"]
        for row in shown:
            r = "-" if math.isnan(row.rhat) else f"{row.rhat:.3f}"
            lines.append(f"{row.name:{width}} {row.mean:10.4g} {row.sd:10.4g} {row.mcse:9.2g} {row.ess_bulk:9.0f} "
                         f"{row.ess_tail:9.0f} {r:>7}")
        if len(self.rows) > MAX_ROWS:
            lines.append(f"({len(self.rows) - MAX_ROWS} more in .rows, each with a larger ESS than these)")
        notes = [f"{self.chains} chain{'s' * (self.chains > 1)} of {self.num_draws} draws"]
        notes += [f"E-BFMI {self.ebfmi:.2f}"] if self.ebfmi is not None else []
        notes += [f"{self.divergences} divergences"] if self.divergences is not None else []
        return "\n".join([*lines, ", ".join(notes), self.verdict])

    __repr__ = __str__


def summary(positions: Tensor, names: Sequence[str] | None = None, *, log_prob: Tensor | None = None,
            energy: Tensor | None = None, is_divergent: Tensor | None = None) -> Summary:
    """Mean, sd, MCSE, bulk and tail ESS and R-hat of every coordinate, and a verdict.

    positions: (num_draws, chains, dim), after warm-up. names: one a coordinate. log_prob: (num_draws, chains), the
    density's value, judged as one more coordinate. energy: (num_draws, chains), for E-BFMI. is_divergent: (num_draws,
    chains) bool. Raises `InputError` for less than 4 draws, NaN, infinity, a constant coordinate, or shapes that do not
    belong together.
    """
    x = require_positions(positions)
    num_draws, chains, dim = x.shape
    names = [f"x[{i}]" for i in range(dim)] if names is None else list(names)
    require(len(names) == dim, f"names to hold {dim} names, one a coordinate", f"{len(names)}", "name every coordinate once")
    for what, values in (("log_prob", log_prob), ("energy", energy), ("is_divergent", is_divergent)):
        require(values is None or getattr(values, "shape", None) == (num_draws, chains),
                f"{what} to have shape {(num_draws, chains)}, as positions have", describe(values), "record it at every draw")
    if log_prob is not None:
        value = require_draws("log_prob", log_prob).to(x.device)
        if bool((value != value[0, 0]).any()):  # a flat density has nothing to judge
            x, names = torch.cat([x, value[:, :, None]], dim=2), [*names, "log_prob"]
    draws = x.flatten(0, 1)
    r = rhat(x) if chains > 1 else torch.full_like(draws[0], float("nan"))
    columns = draws.mean(0), draws.std(0), mcse_mean(x), ess_bulk(x), ess_tail(x), r
    rows = tuple(Row(str(name), *values) for name, values in zip(names, torch.stack(columns, 1).tolist()))
    return Summary(rows, num_draws, chains, None if energy is None else float(ebfmi(energy).min()),
                   None if is_divergent is None else int(count_divergences(is_divergent).sum()))
