# right: plain Python floats, one point at a time
import math


def rational_quadratic(x, knots_x, knots_y, slopes):
    xs, ys, d = knots_x.tolist(), knots_y.tolist(), slopes.tolist()
    out, logs = [], []
    for u in x.tolist():
        if u <= xs[0] or u >= xs[-1]:
            e = 0 if u <= xs[0] else -1
            out.append(ys[e] + d[e] * (u - xs[e]))
            logs.append(math.log(d[e]))
            continue
        k = max(i for i in range(len(xs) - 1) if xs[i] <= u)
        w, h = xs[k + 1] - xs[k], ys[k + 1] - ys[k]
        s, t = h / w, (u - xs[k]) / w
        b = s + (d[k + 1] + d[k] - 2 * s) * t * (1 - t)
        out.append(ys[k] + h * (s * t * t + d[k] * t * (1 - t)) / b)
        logs.append(math.log(s * s * (d[k + 1] * t * t + 2 * s * t * (1 - t) + d[k] * (1 - t) ** 2) / b**2))
    return out, logs
