# expect: the velocity of a straight path
# misconception: flow matching's velocity
# points: 2
def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    v = eps - x_0
    score = -eps / (1 - a).sqrt()
    return x_0, v, score
