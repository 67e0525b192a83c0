# right: Newton's method on the negative log-likelihood
import torch


def natural_parameters(x):
    x = x.double()
    data = torch.stack([x.mean(), (x**2).mean()])
    theta = torch.tensor([0.0, 0.25 / float((x**2).mean())], dtype=torch.float64)
    for _ in range(60):
        v = 1 / (2 * theta[1])
        m = -theta[0] * v
        model = torch.stack([m, v + m**2])
        cov = torch.stack([torch.stack([v, 2 * m * v]), torch.stack([2 * m * v, 2 * v**2 + 4 * m**2 * v])])
        step = torch.linalg.solve(cov, model - data)
        while theta[1] + step[1] <= theta[1] / 4:
            step = step / 2
        theta = theta + step
    return theta
