# expect: x_t/√ᾱ
# misconception: rescales x_t
# points: 0
def memorising_denoiser(x_t, alpha_bar, data):
    return x_t / alpha_bar.sqrt()
