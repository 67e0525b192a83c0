# expect: must match the size
# misconception: ᾱ without a second axis
# points: 0
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    return x_0, a.sqrt() * eps - (1 - a).sqrt() * x_0, -eps / (1 - a).sqrt()
