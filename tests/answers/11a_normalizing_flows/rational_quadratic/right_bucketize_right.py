# right: right-hand bin at a knot, where for tails
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    k = torch.bucketize(x, knots_x[1:-1].contiguous(), right=True)
    w, h = knots_x.diff()[k], knots_y.diff()[k]
    s, l, r = h / w, slopes[:-1][k], slopes[1:][k]
    xi = (x - knots_x[k]) / w
    b = s + (r + l - 2*s) * xi * (1 - xi)
    y = knots_y[k] + h * (s*xi**2 + l*xi*(1-xi)) / b
    g = s**2 * (r*xi**2 + 2*s*xi*(1-xi) + l*(1-xi)**2) / b**2
    lo, hi = x < knots_x[0], x > knots_x[-1]
    y = torch.where(lo, knots_y[0] + slopes[0]*(x - knots_x[0]), torch.where(hi, knots_y[-1] + slopes[-1]*(x - knots_x[-1]), y))
    g = torch.where(lo, slopes[0], torch.where(hi, slopes[-1], g))
    return y, torch.log(g)
