# expect: this is the layer itself, not its inverse
# misconception: ignores inverse
# points: 1
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    earlier = kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    seen = torch.nn.functional.conv2d(values[:, None], earlier[None, None], padding=1)[:, 0]
    return values * log_diagonal.exp() + seen, log_diagonal.sum().expand(len(values))
