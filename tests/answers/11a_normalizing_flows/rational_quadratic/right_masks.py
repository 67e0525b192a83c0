# right: a case of its own for each side, with boolean masks
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    y, log_slope = torch.empty_like(x), torch.empty_like(x)
    low, high = x < knots_x[0], x > knots_x[-1]
    y[low], log_slope[low] = knots_y[0] + slopes[0] * (x[low] - knots_x[0]), torch.log(slopes[0])
    y[high], log_slope[high] = knots_y[-1] + slopes[-1] * (x[high] - knots_x[-1]), torch.log(slopes[-1])
    inside = ~(low | high)
    u = x[inside]
    k = torch.searchsorted(knots_x, u, right=True) - 1
    k = torch.minimum(k, torch.tensor(len(knots_x) - 2))
    w, h = knots_x.diff()[k], knots_y.diff()[k]
    s, xi = h / w, (u - knots_x[k]) / w
    b = s + (slopes[k + 1] + slopes[k] - 2 * s) * xi * (1 - xi)
    y[inside] = knots_y[k] + h * (s * xi**2 + slopes[k] * xi * (1 - xi)) / b
    top = slopes[k + 1] * xi**2 + 2 * s * xi * (1 - xi) + slopes[k] * (1 - xi)**2
    log_slope[inside] = 2 * s.log() + top.log() - 2 * b.log()
    return y, log_slope
