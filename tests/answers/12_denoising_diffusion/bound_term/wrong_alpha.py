# expect: that is one step
# misconception: α in the place of ᾱ
# points: 0
def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = 1 - betas
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    guess = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    a = before.sqrt() * beta / (1 - now)
    return (a * (x_0 - guess)).square().sum(1) / (2 * variance)
