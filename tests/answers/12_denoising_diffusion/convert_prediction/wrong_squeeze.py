# expect: should have the shape (1, 3)
# misconception: squeezes the results
# points: 0
def convert_prediction(x_t, eps, alpha_bar):
    s, l = alpha_bar.sqrt()[:, None], (1 - alpha_bar).sqrt()[:, None]
    x_0 = (x_t - l * eps) / s
    return x_0.squeeze(), (s * eps - l * x_0).squeeze(), (-eps / l).squeeze()
