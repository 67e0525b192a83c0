# expect: x_t was changed in place
# misconception: makes x_0 in the memory of x_t
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    s, l = alpha_bar.sqrt()[:, None], (1 - alpha_bar).sqrt()[:, None]
    x_t -= l * eps
    x_t /= s
    return x_t, s * eps - l * x_t, -eps / l
