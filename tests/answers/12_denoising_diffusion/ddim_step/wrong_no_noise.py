# expect: the noise
# misconception: leaves σ out: always deterministic
# points: 2
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s).sqrt() * eps_hat
