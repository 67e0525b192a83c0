# expect: all data have the same weight
# misconception: the mean of the data
# points: 0
def memorising_denoiser(x_t, alpha_bar, data):
    return data.mean(dim=0).expand_as(x_t)
