"""The sliders of the lecture on denoising diffusion. Each answers a question that stands in the text right before it."""

from typing import Callable, Mapping, Sequence

import torch
from torch import Tensor

from course_lib.dynamics import NoiseSchedule, cosine_schedule, linear_schedule
from course_lib.show.diffusion import clouds, curve_panels, digit_strips, laws
from course_lib.show.sliders import choice, number, slide
from course_lib.targets import GaussianMixture, Grid


def noised(mixture: GaussianMixture, alpha_bar: float) -> GaussianMixture:
    """The law of x_t when x_0 comes from a mixture: sum_k w_k N(sqrt(alpha_bar) m_k, alpha_bar s_k^2 + 1 - alpha_bar)."""
    means, scales = alpha_bar**0.5 * mixture.means, (alpha_bar * mixture.scales**2 + 1 - alpha_bar).sqrt()
    return GaussianMixture(means, scales, mixture.weights, dtype=means.dtype)


def explore_noising(mixture: GaussianMixture, schedule: NoiseSchedule, grid: Grid) -> None:
    """Slider: t; the exact law of x_t beside the standard normal, with the KL divergence between the two."""
    x = grid.points[:, 0]
    normal = GaussianMixture([[0.0]], 1.0, dtype=x.dtype)

    def draw(t: int):
        law = noised(mixture, float(schedule.alpha_bar[t]))
        kl = float(grid.expectation(law.log_prob, lambda x: law.log_prob(x) - normal.log_prob(x)))
        title = rf"$t$ = {t},  $\bar\alpha_t$ = {float(schedule.alpha_bar[t]):.3f},  KL to the standard normal {kl:.4f} nats"
        lines = {"standard normal": (x, normal.log_prob(grid.points).exp()), "law of $x_t$": (x, law.log_prob(grid.points).exp())}
        return laws({title: lines}, ["$x_t$"], filled="law of $x_t$")

    steps = [t for t in (0, 20, 50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 850, 1000) if t <= schedule.num_steps]
    slide(draw, "Two narrow humps of data, and over them the standard normal density.",
          t=choice("step t", [(str(t), t) for t in steps]))


def explore_schedules() -> None:
    """Slider: T; the signal-to-noise ratio of three chains with that many steps, and where they end."""

    def draw(num_steps: int):
        chains = {"linear, Ho's betas": linear_schedule(num_steps), "linear, rescaled": linear_schedule(num_steps, rescale=True),
                  "cosine": cosine_schedule(num_steps)}
        lines = {f"{name}: {float(chain.alpha_bar[-1]):.1e}": (torch.arange(1, num_steps + 1) / num_steps, chain.snr[1:])
                 for name, chain in chains.items()}
        title = rf"T = {num_steps}; beside the names $\bar\alpha_T$"
        fig = curve_panels({title: lines}, ["$t / T$"], ["signal to noise"], ["log"])
        fig.axes[0].set_ylim(1e-6, 1e5)
        return fig

    slide(draw, "Signal-to-noise of three chains of 50 steps: with Ho's betas it ends above 1, the others fall far below.",
          num_steps=choice("number of steps T", [(str(n), n) for n in (50, 100, 200, 300, 400, 500, 700, 1000)]))


def explore_reverse(law: GaussianMixture, grid: Grid) -> None:
    """Sliders: beta and x_t; the exact law of x_{t-1} given x_t beside the Gaussian of the same mean and variance."""
    x = grid.points[:, 0]

    def draw(beta: float, x_t: float):
        exact, normal, kl = reverse_law(law, grid, beta, x_t)
        lines = {"Gaussian, same moments": (x, normal), r"exact $q(x_{t-1}|x_t)$": (x, exact)}
        title = rf"$\beta$ = {beta:g},  $x_t$ = {x_t:g},  KL {kl:.1e} nats"
        return laws({title: lines}, ["$x_{t-1}$"], filled=r"exact $q(x_{t-1}|x_t)$")

    slide(draw, "The exact reverse law has two humps, the Gaussian of the same moments has one between them.",
          beta=choice("beta", [(f"{b:g}", b) for b in (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02)]),
          x_t=number("x_t", -2, 2, 0.2, 0.2))


def reverse_law(law: GaussianMixture, grid: Grid, beta: float, x_t: float) -> tuple[Tensor, Tensor, float]:
    """q(x_{t-1} | x_t) on the grid, the Gaussian of its mean and variance, and KL(first || second) in nats.

    law: of x_{t-1}. q(x_{t-1} | x_t) is proportional to law(x_{t-1}) N(x_t; sqrt(1 - beta) x_{t-1}, beta).
    """
    log_exact = lambda x: law.log_prob(x) - (x_t - (1 - beta) ** 0.5 * x[:, 0]) ** 2 / (2 * beta)
    mean = grid.expectation(log_exact, lambda x: x[:, 0])
    variance = grid.expectation(log_exact, lambda x: (x[:, 0] - mean) ** 2)
    normal = GaussianMixture(mean.reshape(1, 1), variance.sqrt().reshape(1), dtype=mean.dtype).log_prob
    log_z = grid.log_z(log_exact)
    kl = float(grid.expectation(log_exact, lambda x: log_exact(x) - log_z - normal(x)))
    return (log_exact(grid.points) - log_z).exp(), normal(grid.points).exp(), kl


def explore_bound(terms: Callable[[int], tuple[Tensor, Tensor, Tensor]], counts: Sequence[int], entropy: float) -> None:
    """Slider: T; the bound's terms, as nats per unit of t / T, and how far the bound is above the entropy.

    terms(T) -> (L_T, (T - 1,) terms L_1 ... L_{T-1}, L_0), nats.
    """

    def draw(num_steps: int):
        prior, steps, first = terms(num_steps)
        gap = float(prior + steps.sum() + first) - entropy
        place = torch.arange(2, num_steps + 1) / num_steps
        title = f"T = {num_steps}:  bound {gap + entropy:.4f}, entropy {entropy:.4f}, gap {gap:.4f} nats"
        fig = curve_panels({title: {"terms": (place, steps * num_steps)}}, ["$t / T$"], ["nats per unit of $t/T$"], ["log"])
        fig.axes[0].set_ylim(1e-3, 1e2)
        return fig

    slide(draw, "The terms of the bound over time: large near the data, small near noise.",
          num_steps=choice("number of steps T", [(str(n), n) for n in counts]))


def explore_walk(walks: Mapping[str, Sequence[tuple[int, Tensor]]], groups: Mapping[str, Tensor]) -> None:
    """Slider: how far the walk is; clouds x_t of several samplers at that step, coloured by where each point ends.

    walks: {name: [(t, x_t), ...]}, all with the same t's. groups: {name: (n,)}, a number for each point.
    """
    names, steps = list(walks), [t for t, _ in next(iter(walks.values()))]

    def draw(k: int):
        panels = {f"{name}, t = {steps[k]}": walks[name][k][1] for name in names}
        fig = clouds(panels, reach=3.2)
        for axis, name in zip(fig.axes, names):
            axis.collections[0].set_array(groups[name].cpu().numpy())
            axis.collections[0].set_cmap("cividis")
        return fig

    slide(draw, "Clouds of noise, one a sampler, whose colours, the blob where a point ends, are mixed.",
          k=choice("step t", [(str(t), k) for k, t in enumerate(steps)]))


def explore_guidance(samples: Mapping[float, Tensor], columns: Sequence[str]) -> None:
    """Slider: the guidance weight; digits (k * len(columns), 64) drawn from the same noise, one column a class."""

    def draw(weight: float):
        rows = samples[weight].reshape(-1, len(columns), 64)
        return digit_strips({f"draw {i + 1}": row for i, row in enumerate(rows)}, columns, f"weight w = {weight:g}")

    slide(draw, "Rows of digits drawn without their labels: each column holds different classes.",
          weight=choice("weight w", [(f"{w:g}", w) for w in samples]))


def explore_denoisers(results: Mapping[float, Mapping[str, Tensor]], start: int = 0) -> None:
    """Slider: the noise; images and what several denoisers make of them. results: {noise in grey levels: {name: (k, 64)}}.

    start: the place of the first noise that is shown.
    """
    slide(lambda noise: digit_strips(results[noise], None, f"noise of {noise:.1f} grey levels"),
          "Test digits, the same with noise, and what three denoisers make of them; the memoriser's are other images.",
          noise=choice("noise (grey levels)", [(f"{noise:.1f}", noise) for noise in results], list(results)[start]))
