# expect: x_t stands in the place of x_0
# misconception: takes x_t for x_0 in v
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    v = a.sqrt() * eps - (1 - a).sqrt() * x_t
    score = -eps / (1 - a).sqrt()
    return x_0, v, score
