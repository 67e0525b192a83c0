# expect: should be about
# misconception: autograd through clamp: end knots counted twice
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    x = x.clone().requires_grad_()
    k = (torch.searchsorted(knots_x, x.detach()) - 1).clamp(0, len(knots_x) - 2)
    w, h = knots_x[k+1] - knots_x[k], knots_y[k+1] - knots_y[k]
    s, l, r = h / w, slopes[k], slopes[k+1]
    xi = ((x - knots_x[k]) / w).clamp(0, 1)
    b = s + (r + l - 2*s) * xi * (1 - xi)
    y = knots_y[k] + h * (s*xi**2 + l*xi*(1 - xi)) / b
    y = y + slopes[0]*(x - knots_x[0]).clamp(max=0) + slopes[-1]*(x - knots_x[-1]).clamp(min=0)
    return y.detach(), torch.autograd.grad(y.sum(), x)[0].log()
