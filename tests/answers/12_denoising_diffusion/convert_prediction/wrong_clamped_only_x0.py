# expect: x_0 should be about
# misconception: clips only the x_0 that it returns
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    s, l = alpha_bar.sqrt()[:, None], (1 - alpha_bar).sqrt()[:, None]
    x_0 = (x_t - l * eps) / s
    return x_0.clamp(-3, 3), s * eps - l * x_0, -eps / l
