# right: -1 wraps to the last knot; clamped xi = 1 gives the first knot anyway
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    k = (torch.searchsorted(knots_x, x) - 1).clamp(max=len(knots_x) - 2)
    w, h = knots_x[k+1] - knots_x[k], knots_y[k+1] - knots_y[k]
    s, l, r = h / w, slopes[k], slopes[k+1]
    xi = ((x - knots_x[k]) / w).clamp(0, 1)
    b = s + (r + l - 2*s) * xi * (1 - xi)
    y = knots_y[k] + h * (s*xi**2 + l*xi*(1 - xi)) / b
    g = s**2 * (r*xi**2 + 2*s*xi*(1 - xi) + l*(1-xi)**2) / b**2
    return y + slopes[0]*(x - knots_x[0]).clamp(max=0) + slopes[-1]*(x - knots_x[-1]).clamp(min=0), g.log()
