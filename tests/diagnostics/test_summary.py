"""The table holds the numbers of the functions it is made of; the verdict names what is wrong, and nothing else."""

import math

import pytest
import torch

from course_lib import diagnostics
from course_lib.diagnostics import summary
from course_lib.inputs import InputError
from course_lib.randomness import make_generator


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


def test_rows_are_the_functions_values():
    x = normal(300, 4, 3) * torch.tensor([1.0, 5.0, 0.1]) + 2
    table = summary(x, ["mu", "tau", "rho"])
    assert [row.name for row in table.rows] == ["mu", "tau", "rho"]
    columns = {"mean": x.mean((0, 1)), "sd": x.flatten(0, 1).std(0), "mcse": diagnostics.mcse_mean(x),
               "ess_bulk": diagnostics.ess_bulk(x), "ess_tail": diagnostics.ess_tail(x), "rhat": diagnostics.rhat(x)}
    for name, values in columns.items():
        assert [getattr(row, name) for row in table.rows] == pytest.approx(values.tolist(), rel=1e-12)


def test_a_good_run_gets_a_good_verdict():
    x = normal(1000, 4, 2)
    table = summary(x, log_prob=-(x**2).sum(-1), energy=(x**2).sum(-1), is_divergent=torch.zeros(1000, 4, dtype=torch.bool))
    assert table.complaints == () and table.verdict.startswith("No sign of trouble: R-hat is at most 1.00")
    assert table.divergences == 0 and table.ebfmi == pytest.approx(float(diagnostics.ebfmi((x**2).sum(-1)).min()))
    lines = str(table).splitlines()
    assert lines[0].split() == ["mean", "sd", "MCSE", "ESS", "bulk", "ESS", "tail", "R-hat"]
    assert [line.split()[0] for line in lines[1:4]] == ["x[0]", "x[1]", "log_prob"]
    assert lines[4].startswith("4 chains of 1000 draws, E-BFMI") and lines[4].endswith("0 divergences")
    assert lines[5:] == [table.verdict]


def test_what_is_wrong_is_said():
    x = normal(1000, 4, 3)
    x[:, 3, 1] += 0.4
    (complaint, *_) = summary(x).complaints
    assert complaint.startswith("R-hat of x[1] is 1.0") and "should be at most 1.01" in complaint
    slow = normal(1000, 4, 2).cumsum(0)
    text = summary(slow, ["a", "b"]).verdict
    assert text.startswith("Do not trust these draws yet: R-hat of ")
    assert "the bulk ESS of" in text and "the tail ESS of" in text and "1 more is off too" in text
    x = normal(1000, 4, 1)
    flags = torch.zeros(1000, 4, dtype=torch.bool)
    flags[5, 2] = flags[7, 2] = True
    assert summary(x, is_divergent=flags).complaints == ("2 transitions diverged",)
    (complaint,) = summary(x, energy=slow[:, :, 0]).complaints
    assert complaint.startswith("E-BFMI is 0.0")


def test_short_runs_lack_draws():
    table = summary(normal(50, 4, 1))
    assert any("ESS of x[0]" in complaint and "at least 400" in complaint for complaint in table.complaints)


def test_one_chain_is_summarised_but_never_trusted():
    table = summary(normal(2000, 1, 1))
    assert math.isnan(table.rows[0].rhat) and table.complaints == ("one chain cannot show that it is stuck (R-hat needs two)",)
    assert str(table).splitlines()[1].split()[-1] == "-" and "1 chain of 2000 draws" in str(table)


def test_many_rows_show_the_worst():
    x = normal(100, 4, 60)
    x[:, :, 50] = x[:, :, 50].cumsum(0)
    text = str(summary(x))
    assert len(text.splitlines()) == 1 + 40 + 1 + 2 and "\nx[50] " in text and "(20 more in .rows" in text
    assert len(summary(x).rows) == 60


def test_a_flat_density_gives_no_row():
    x = normal(100, 2, 1)
    assert [row.name for row in summary(x, log_prob=torch.zeros(100, 2)).rows] == ["x[0]"]


def test_what_does_not_belong_together_is_refused():
    x = normal(100, 4, 2)
    with pytest.raises(InputError, match="names to hold 2 names, one a coordinate, but got 3"):
        summary(x, ["a", "b", "c"])
    for name in ("log_prob", "energy", "is_divergent"):
        with pytest.raises(InputError, match=rf"{name} to have shape \(100, 4\), as positions have"):
            summary(x, **{name: torch.ones(4, 100)})
    with pytest.raises(InputError, match="log_prob to be finite"):
        summary(x, log_prob=torch.full((100, 4), -float("inf")))
