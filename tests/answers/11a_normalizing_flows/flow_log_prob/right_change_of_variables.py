# right: one Jacobian of the whole chain, by automatic differentiation
import torch


def flow_log_prob(layers, log_base, x):
    def back(z):
        for layer in reversed(layers):
            z = layer.inverse(z)[0]
        return z

    j = torch.func.vmap(torch.func.jacfwd(lambda p: back(p[None])[0]))(x)
    return log_base(back(x)) + torch.linalg.slogdet(j).logabsdet
