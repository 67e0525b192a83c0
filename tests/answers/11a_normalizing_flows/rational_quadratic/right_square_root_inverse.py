# right: y found by bisection on the inverse? no: integrates nothing; Moebius weights form
import torch


def rational_quadratic(x, knots_x, knots_y, slopes):
    x, X, Y, D = x.double(), knots_x.double(), knots_y.double(), slopes.double()
    k = torch.bucketize(x, X).sub(1).clamp(0, len(X) - 2)
    w, h = X[k+1]-X[k], Y[k+1]-Y[k]
    s = h / w
    t = (x - X[k]).clamp(min=0).minimum(w); u = w - t
    den = s*w*w + (D[k]+D[k+1]-2*s)*t*u
    y = Y[k] + h*(s*t*t + D[k]*t*u)/den
    g = (s*w)**2*(D[k+1]*t*t + 2*s*t*u + D[k]*u*u)/den**2
    below, above = (x-X[0]).clamp(max=0), (x-X[-1]).clamp(min=0)
    return y + D[0]*below + D[-1]*above, g.log()
