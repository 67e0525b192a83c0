# expect: made of ᾱ_t alone
# misconception: σ from ᾱ_t alone
# points: 2
def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    sigma = eta * (1 - alpha_bar_t).sqrt()
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s - sigma ** 2).clamp(min=0).sqrt() * eps_hat + sigma * noise
