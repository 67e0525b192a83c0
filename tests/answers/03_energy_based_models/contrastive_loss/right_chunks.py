# right: chunks
import torch

class Contrast:
    def __init__(self, energy, size=3):
        self.energy, self.size = energy, size

    def mean(self, x):
        total = sum(self.energy(part).sum() for part in x.split(self.size))
        return total / len(x)

def contrastive_loss(energy, x_data, x_model):
    c = Contrast(energy)
    return c.mean(x_data) - c.mean(x_model.detach())
