# expect: the model is shown x_0
# misconception: shows the model the data
# points: 0
def denoising_loss(model, x_0, t, noise, betas):
    return ((model(x_0, t) - noise) ** 2).mean(dim=1)
