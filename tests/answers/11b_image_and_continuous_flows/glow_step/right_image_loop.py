# right: image by image, returned as lists of numpy arrays
import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    c, half = len(bias), len(bias) // 2
    out, dets = [], []
    for image in values:
        pixels = image[0].numel()
        if not inverse:
            image = torch.tensordot(weight, image * log_scale.exp()[:, None, None] + bias[:, None, None], 1)
        t, s = network(image[None, :half])
        det = pixels * (log_scale.sum() + weight.det().abs().log()) + s.sum()
        rest = image[half:]
        rest = (rest - t[0]) / s[0].exp() if inverse else rest * s[0].exp() + t[0]
        image = torch.cat([image[:half], rest])
        if inverse:
            image = torch.tensordot(weight.inverse(), image, 1)
            image = (image - bias[:, None, None]) / log_scale.exp()[:, None, None]
        out.append(image.numpy())
        dets.append(float(-det if inverse else det))
    return np.stack(out), np.array(dets)
