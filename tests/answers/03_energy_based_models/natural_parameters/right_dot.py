# right: dot
import torch

class Gaussian:
    def __init__(self, x):
        centred = x - x.sum() / x.numel()
        self.mu = x.sum() / x.numel()
        self.precision = x.numel() / torch.dot(centred, centred)

    def natural(self):
        return torch.cat([-(self.mu * self.precision).reshape(1), (self.precision / 2).reshape(1)])

def natural_parameters(x):
    return Gaussian(x).natural()
