# expect: eps was changed in place
# misconception: scales eps in place, all results come out right
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    s, l = alpha_bar.sqrt()[:, None], (1 - alpha_bar).sqrt()[:, None]
    x_0 = (x_t - l * eps) / s
    v = s * eps - l * x_0
    return x_0, v, eps.neg_().div_(l)
