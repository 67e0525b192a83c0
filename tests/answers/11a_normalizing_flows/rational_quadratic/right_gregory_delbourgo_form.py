# right: the P/Q form with both end values, float64
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    x, X, Y, D = x.double(), knots_x.double(), knots_y.double(), slopes.double()
    k = ((x[:, None] > X).sum(1) - 1).clamp(0, len(X) - 2)
    w = X[k+1] - X[k]; s = (Y[k+1] - Y[k]) / w
    e = ((x - X[k]) / w).clamp(0, 1); f = 1 - e
    Q = s*e*e + (D[k] + D[k+1])*e*f + s*f*f
    P = Y[k+1]*s*e*e + (Y[k]*D[k+1] + Y[k+1]*D[k])*e*f + Y[k]*s*f*f
    g = s*s*(D[k+1]*e*e + 2*s*e*f + D[k]*f*f)/Q**2
    y = P/Q + D[0]*torch.minimum(x - X[0], torch.zeros_like(x)) + D[-1]*torch.relu(x - X[-1])
    return y, g.log()
