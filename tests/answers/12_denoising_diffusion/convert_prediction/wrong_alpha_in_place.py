# expect: alpha_bar was changed in place
# misconception: takes the root of alpha_bar in place
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    l = (1 - alpha_bar).sqrt()[:, None]
    s = alpha_bar.sqrt_()[:, None]
    x_0 = (x_t - l * eps) / s
    return x_0, s * eps - l * x_0, -eps / l
