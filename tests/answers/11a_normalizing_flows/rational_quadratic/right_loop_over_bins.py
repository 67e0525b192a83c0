# right: loop over the bins with masks
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    y, g = torch.empty_like(x), torch.empty_like(x)
    m = x <= knots_x[0]
    y[m] = knots_y[0] + slopes[0] * (x[m] - knots_x[0]); g[m] = slopes[0]
    m = x > knots_x[-1]
    y[m] = knots_y[-1] + slopes[-1] * (x[m] - knots_x[-1]); g[m] = slopes[-1]
    for k in range(len(knots_x) - 1):
        m = (x > knots_x[k]) & (x <= knots_x[k+1])
        w, h = knots_x[k+1] - knots_x[k], knots_y[k+1] - knots_y[k]
        s = h / w; e = (x[m] - knots_x[k]) / w
        b = s + (slopes[k+1] + slopes[k] - 2*s)*e*(1-e)
        y[m] = knots_y[k] + h*(s*e**2 + slopes[k]*e*(1-e))/b
        g[m] = s**2*(slopes[k+1]*e**2 + 2*s*e*(1-e) + slopes[k]*(1-e)**2)/b**2
    return y, g.log()
