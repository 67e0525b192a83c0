# expect: that is one step
# misconception: uses α_t of the last step
def add_noise(x_0, t, noise, betas):
    a = (1 - betas)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
