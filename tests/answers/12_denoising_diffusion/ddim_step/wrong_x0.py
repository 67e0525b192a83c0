# expect: noise level 0
# misconception: returns the predicted x_0
# points: 0
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    return x_0 + 0 * noise
