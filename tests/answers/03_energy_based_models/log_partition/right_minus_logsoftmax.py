# right: minus logsoftmax
import math
import torch

def log_partition(energies, cell_volume):
    # log softmax_i = -U_i - log sum exp(-U), so -U_i - log softmax_i is the same for every i
    score = -energies.to(torch.float64)
    i = score.argmax(dim=-1, keepdim=True)
    logp = torch.log_softmax(score, dim=-1)
    diff = score.gather(-1, i) - logp.gather(-1, i)
    return (diff + math.log(cell_volume)).squeeze(-1).to(energies.dtype)
