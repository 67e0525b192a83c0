# expect: the right numbers in the wrong places
# misconception: returns in sorted order
import math
import torch


def two_modes_map(z, m, s):
    z = z.sort()[0]
    lo, hi = torch.full_like(z, -m - 10*s), torch.full_like(z, m + 10*s)
    u = torch.special.ndtr(z)
    for _ in range(100):
        x = (lo + hi) / 2
        F = (torch.special.ndtr((x+m)/s) + torch.special.ndtr((x-m)/s)) / 2
        lo, hi = torch.where(F < u, x, lo), torch.where(F < u, hi, x)
    c = math.log(s) + math.log(2*math.pi)/2
    lp = torch.logaddexp(-((x+m)/s)**2/2, -((x-m)/s)**2/2) - c - math.log(2)
    return x, -z**2/2 - math.log(2*math.pi)/2 - lp
