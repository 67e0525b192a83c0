# right: torch.distributions for everything
import torch


from torch.distributions import Categorical, MixtureSameFamily, Normal


def two_modes_map(z, m, s):
    place = torch.tensor([-m, m], dtype=torch.float64)
    law = MixtureSameFamily(Categorical(torch.ones(2, dtype=torch.float64)), Normal(place, torch.full_like(place, s)))
    base = Normal(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64))
    low, high = torch.full_like(z, -m - 10 * s), torch.full_like(z, m + 10 * s)
    for _ in range(90):
        middle = (low + high) / 2
        right = law.cdf(middle) >= base.cdf(z)
        high, low = torch.where(right, middle, high), torch.where(right, low, middle)
    return high, base.log_prob(z) - law.log_prob(high)
