# expect: the noise is taken off with 1 − ᾱ
# misconception: no root of the noise level
# points: 1
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a) * eps) / a.sqrt()
    v = a.sqrt() * eps - (1 - a).sqrt() * x_0
    score = -eps / (1 - a).sqrt()
    return x_0, v, score
