# expect: the bin is off by one
# misconception: forgets the - 1 after searchsorted
# points: 1
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    k = torch.searchsorted(knots_x, x).clamp(0, len(slopes) - 2)
    w, h = knots_x[k + 1] - knots_x[k], knots_y[k + 1] - knots_y[k]
    s, (d0, d1) = h / w, (slopes[k], slopes[k + 1])
    xi = (x - knots_x[k]) / w
    b = s + (d1 + d0 - 2 * s) * xi * (1 - xi)
    y = knots_y[k] + h * (s * xi**2 + d0 * xi * (1 - xi)) / b
    g = s**2 * (d1 * xi**2 + 2 * s * xi * (1 - xi) + d0 * (1 - xi)**2) / b**2
    y = torch.where(x > knots_x[-1], knots_y[-1] + slopes[-1] * (x - knots_x[-1]), y)
    y = torch.where(x < knots_x[0], knots_y[0] + slopes[0] * (x - knots_x[0]), y)
    return y, torch.log(g)
