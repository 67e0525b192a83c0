# expect: ξ is not clamped
# misconception: xi not clamped, tails added
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    k = (torch.searchsorted(knots_x, x) - 1).clamp(0, len(knots_x) - 2)
    w, h = knots_x[k+1] - knots_x[k], knots_y[k+1] - knots_y[k]
    s, l, r = h / w, slopes[k], slopes[k+1]
    xi = ((x - knots_x[k]) / w)
    q = xi * (1 - xi)
    b = s + (r + l - 2*s) * q
    y = knots_y[k] + h * (s*xi**2 + l*q) / b
    g = s**2 * (r*xi**2 + 2*s*q + l*(1-xi)**2) / b**2
    y = y + slopes[0] * (x - knots_x[0]).clamp(max=0) + slopes[-1] * (x - knots_x[-1]).clamp(min=0)
    return y, g.log()
