# expect: all rows share the first ᾱ
# misconception: the ᾱ of the first row for all
# points: 0
def convert_prediction(x_t, eps, alpha_bar):
    s, l = alpha_bar[0].sqrt(), (1 - alpha_bar[0]).sqrt()
    x_0 = (x_t - l * eps) / s
    return x_0, s * eps - l * x_0, -eps / l
