"""Ranks, normal scores and quantiles over all draws of all chains, one coordinate at a time."""

import math

import torch
from torch import Tensor


def average_ranks(x: Tensor) -> Tensor:
    """Ranks 1, ..., n along the first axis of x (n, dim); equal values share the mean of their ranks."""
    n = x.shape[0]
    ordered, order = x.sort(dim=0)
    index = torch.arange(n, device=x.device)[:, None].expand_as(x)
    change = ordered[1:] != ordered[:-1]
    true = torch.ones_like(change[:1]) if n > 1 else torch.ones_like(x, dtype=torch.bool)
    first = torch.where(torch.cat([true, change]), index, 0).cummax(0).values
    last = torch.where(torch.cat([change, true]), index, n - 1).flip(0).cummin(0).values.flip(0)
    return torch.empty_like(x).scatter_(0, order, (first + last).to(x.dtype) / 2 + 1)


def rank_normalise(x: Tensor) -> Tensor:
    """Normal scores z = Phi^-1((rank - 3/8) / (S + 1/4)), S = num_draws * chains: (num_draws, chains, dim) -> the same."""
    ranks = average_ranks(x.flatten(0, 1))
    return torch.special.ndtri((ranks - 3 / 8) / (len(ranks) + 1 / 4)).view_as(x)


def fold(x: Tensor) -> Tensor:
    """|x - median|, coordinate by coordinate: what differs in scale and not in location now differs in location."""
    ordered = x.flatten(0, 1).sort(dim=0).values
    n = len(ordered)
    return (x - (ordered[(n - 1) // 2] + ordered[n // 2]) / 2).abs()


def quantile(x: Tensor, prob: float) -> Tensor:
    """Sample quantile, linear between order statistics: (num_draws, chains, dim) -> (dim,)."""
    ordered = x.flatten(0, 1).sort(dim=0).values
    place = (len(ordered) - 1) * prob
    low = math.floor(place)
    a, b, t = ordered[low], ordered[min(low + 1, len(ordered) - 1)], place - low
    return a + (b - a) * t if t < 0.5 else b - (b - a) * (1 - t)
