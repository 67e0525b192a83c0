# expect: x_t was changed in place
# misconception: makes x̂_0 in the memory of x_t
# points: 2
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    sigma = eta * ((1 - alpha_bar_s) / (1 - alpha_bar_t)).sqrt() * (1 - alpha_bar_t / alpha_bar_s).sqrt()
    x_t -= (1 - alpha_bar_t).sqrt() * eps_hat
    x_t /= alpha_bar_t.sqrt()
    return alpha_bar_s.sqrt() * x_t + (1 - alpha_bar_s - sigma ** 2).clamp(min=0).sqrt() * eps_hat + sigma * noise
