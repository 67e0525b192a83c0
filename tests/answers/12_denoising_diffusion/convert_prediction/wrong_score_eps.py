# expect: not divided by √(1 − ᾱ)
# misconception: takes −ε for the score
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    v = a.sqrt() * eps - (1 - a).sqrt() * x_0
    score = -eps / (1 - a).sqrt()
    return x_0, v, -eps
