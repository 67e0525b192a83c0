# expect: x_t is not right: α_t stands
# misconception: one step only
# points: 0
def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = (1 - betas)[t - 1][:, None]
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise
    return ((model(x_t, t) - noise) ** 2).mean(dim=1)
