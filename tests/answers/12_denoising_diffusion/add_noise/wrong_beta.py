# expect: β_t stands where ᾱ_t belongs
# misconception: uses β_t
def add_noise(x_0, t, noise, betas):
    a = betas[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
