# expect: the noise is taken off unscaled
# misconception: takes ε off as it is
# points: 1
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - eps) / a.sqrt()
    v = a.sqrt() * eps - (1 - a).sqrt() * x_0
    score = -eps / (1 - a).sqrt()
    return x_0, v, score
