# expect: the square of the denominator is missing
# misconception: divides by b once
# points: 3
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    k = (torch.searchsorted(knots_x, x) - 1).clamp(0, len(slopes) - 2)
    w, h = knots_x[k + 1] - knots_x[k], knots_y[k + 1] - knots_y[k]
    s, (d0, d1) = h / w, (slopes[k], slopes[k + 1])
    xi = ((x - knots_x[k]) / w).clamp(0, 1)
    b = s + (d1 + d0 - 2 * s) * xi * (1 - xi)
    y = knots_y[k] + h * (s * xi**2 + d0 * xi * (1 - xi)) / b
    g = s**2 * (d1 * xi**2 + 2 * s * xi * (1 - xi) + d0 * (1 - xi)**2) / b
    y = y + slopes[0] * (x - knots_x[0]).clamp(max=0) + slopes[-1] * (x - knots_x[-1]).clamp(min=0)
    return y, torch.log(g)
