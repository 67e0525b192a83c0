# expect: x_0 and ε are exchanged
# misconception: exchanges x_0 and ε in v
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    v = a.sqrt() * x_0 - (1 - a).sqrt() * eps
    score = -eps / (1 - a).sqrt()
    return x_0, v, score
