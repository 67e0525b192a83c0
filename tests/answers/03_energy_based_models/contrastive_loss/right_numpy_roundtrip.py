# right: numpy roundtrip
import numpy as np
import torch

def contrastive_loss(energy, x_data, x_model):
    frozen = torch.tensor(np.array(x_model.detach().cpu().numpy()), dtype=x_model.dtype)
    return torch.sub(torch.mean(energy(x_data)), torch.mean(energy(frozen)))
