# expect: counts once the mean or the variance is right
# misconception: x_0 for every t
# points: 0
def posterior(x_t, x_0, t, betas):
    return x_0, 0.0
