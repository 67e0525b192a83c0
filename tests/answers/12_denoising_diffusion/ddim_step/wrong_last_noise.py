# expect: noise is added in the last step
# misconception: keeps a little noise, at least 1e-2, at the last step
# points: 2
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    sigma = eta * ((1 - alpha_bar_s).clamp(min=1e-2) / (1 - alpha_bar_t)).sqrt() * (1 - alpha_bar_t / alpha_bar_s).sqrt()
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s - sigma ** 2).clamp(min=0).sqrt() * eps_hat + sigma * noise
