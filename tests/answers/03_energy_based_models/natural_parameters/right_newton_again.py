# right: newton
import torch

def natural_parameters(x, steps=60):
    # Newton on the convex loss of the standardised data, with log Z = t1^2/(4 t2) - log(t2)/2 + const
    x64 = x.double()
    shift, scale = x64.mean(), (x64 - x64.mean()).abs().max()
    z = (x64 - shift) / scale
    m1, m2 = z.mean(), (z * z).mean()
    loss = lambda t: t[0] * m1 + t[1] * m2 + t[0] ** 2 / (4 * t[1]) - t[1].log() / 2
    t = torch.tensor([0.0, 0.5], dtype=torch.float64)
    for _ in range(steps):
        g = torch.func.grad(loss)(t)
        step = torch.linalg.solve(torch.func.hessian(loss)(t), g)
        while (t - step)[1] <= 0:
            step = step / 2
        t = t - step
    # energy t1 z + t2 z^2 with z = (x - shift) / scale, written in powers of x
    theta2 = t[1] / scale**2
    return torch.stack([t[0] / scale - 2 * theta2 * shift, theta2]).to(x.dtype)
