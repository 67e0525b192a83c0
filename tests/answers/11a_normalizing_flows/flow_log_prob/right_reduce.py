# right: functools.reduce
import torch


from functools import reduce
def flow_log_prob(layers, log_base, x):
    def step(state, layer):
        z, d = layer.inverse(state[0])
        return z, state[1] + d
    z, t = reduce(step, layers[::-1], (x, torch.zeros(len(x), dtype=x.dtype)))
    return t + log_base(z)
