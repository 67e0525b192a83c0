# expect: the step without its noise should be about
# misconception: the energy is always |x|^2/2, so its gradient is x
import math
import torch

def langevin_step(energy, x, noise, step_size):
    return (x - step_size * x + math.sqrt(2 * step_size) * noise).detach()
