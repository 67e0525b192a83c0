# right: Newton started at m·sign(z) + s·z: monotone there, verified against mpmath
import math
import torch


def two_modes_map(z, m, s):
    Ph = torch.special.ndtr; x = m*torch.sign(z) + s*z; c = math.sqrt(2*math.pi)
    dens = lambda x: (torch.exp(-((x+m)/s)**2/2)+torch.exp(-((x-m)/s)**2/2))/(2*s*c)
    for _ in range(50):
        x = x - (0.5*Ph((x+m)/s)+0.5*Ph((x-m)/s)-Ph(z))/dens(x)
    return x, -z**2/2 - math.log(c) - dens(x).log()
