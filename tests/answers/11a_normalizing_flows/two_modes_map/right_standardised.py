# right: rescales by s and shifts, erf form
import math
import torch


def two_modes_map(z, m, s):
    r = m / s
    t = torch.erf(z / math.sqrt(2))
    lo = torch.full_like(z, -r-10); hi = torch.full_like(z, r+10)
    G = lambda y: (torch.erf((y+r)/math.sqrt(2)) + torch.erf((y-r)/math.sqrt(2)))/2
    while float((hi-lo).max()) > 1e-13:
        y = (lo+hi)/2
        b = G(y) > t
        hi = torch.where(b, y, hi); lo = torch.where(b, lo, y)
        if bool(((y == lo) | (y == hi)).all()) and float((hi-lo).max()) < 1e-12: break
    p = torch.exp(-(y**2+r**2)/2)*torch.cosh(y*r)
    return s*y, -z**2/2 - p.log() + math.log(s)
