# expect: the wrong x all have the size
# misconception: bracket ±10 s without m
import math
import torch


def two_modes_map(z, m, s):
    lo, hi = torch.full_like(z, -10*s), torch.full_like(z, 10*s)
    u = torch.special.ndtr(z)
    for _ in range(100):
        x = (lo + hi) / 2
        F = (torch.special.ndtr((x+m)/s) + torch.special.ndtr((x-m)/s)) / 2
        lo, hi = torch.where(F < u, x, lo), torch.where(F < u, hi, x)
    c = math.log(s) + math.log(2*math.pi)/2
    lp = torch.logaddexp(-((x+m)/s)**2/2, -((x-m)/s)**2/2) - c - math.log(2)
    return x, -z**2/2 - math.log(2*math.pi)/2 - lp
