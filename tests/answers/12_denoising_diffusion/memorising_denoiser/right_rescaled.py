# right: x_t / √ᾱ against the data themselves
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    snr = alpha_bar / (1 - alpha_bar)
    gap = (x_t / alpha_bar.sqrt()).unsqueeze(1) - data
    return torch.softmax(-0.5 * snr * (gap * gap).sum(2), dim=-1).mm(data)
