# expect: alpha_bar_t was changed in place
# misconception: takes roots of ᾱ_t in place
# points: 2
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    sigma = eta * ((1 - alpha_bar_s) / (1 - alpha_bar_t)).sqrt() * (1 - alpha_bar_t / alpha_bar_s).sqrt()
    level = (1 - alpha_bar_t).sqrt()
    x_0 = (x_t - level * eps_hat) / alpha_bar_t.sqrt_()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s - sigma ** 2).clamp(min=0).sqrt() * eps_hat + sigma * noise
