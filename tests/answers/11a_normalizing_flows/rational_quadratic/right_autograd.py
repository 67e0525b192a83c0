# right: log_slope by automatic differentiation
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    u = x.detach().double().requires_grad_()
    knots_x, knots_y, slopes = knots_x.double(), knots_y.double(), slopes.double()
    k = torch.bucketize(u.detach(), knots_x[1:-1])
    x0, w = knots_x[k], knots_x[k + 1] - knots_x[k]
    y0, h = knots_y[k], knots_y[k + 1] - knots_y[k]
    t, s, d0, d1 = (u - x0) / w, h / w, slopes[k], slopes[k + 1]
    y = y0 + h * (s * t**2 + d0 * t * (1 - t)) / (s + (d1 + d0 - 2 * s) * t * (1 - t))
    y = torch.where(u < knots_x[0], knots_y[0] + slopes[0] * (u - knots_x[0]), y)
    y = torch.where(u > knots_x[-1], knots_y[-1] + slopes[-1] * (u - knots_x[-1]), y)
    (g,) = torch.autograd.grad(y.sum(), u)
    return y.detach(), g.log()
