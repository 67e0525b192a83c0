# expect: z was changed in place
# misconception: divides z by √2 in place, for erf
import math
import torch


def two_modes_map(z, m, s):
    z /= math.sqrt(2)
    lo, hi = torch.full_like(z, -m - 10*s), torch.full_like(z, m + 10*s)
    u = (1 + torch.erf(z)) / 2
    for _ in range(100):
        x = (lo + hi) / 2
        F = (torch.special.ndtr((x+m)/s) + torch.special.ndtr((x-m)/s)) / 2
        lo, hi = torch.where(F < u, x, lo), torch.where(F < u, hi, x)
    lp = torch.logaddexp(-((x+m)/s)**2/2, -((x-m)/s)**2/2) - math.log(2*s)
    return x, -z**2 - lp
