# expect: only if all β are equal
# misconception: assumes that all β are equal: ᾱ_t = α_t ** t
# points: 0
def add_noise(x_0, t, noise, betas):
    a = ((1 - betas)[t - 1] ** t)[:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
