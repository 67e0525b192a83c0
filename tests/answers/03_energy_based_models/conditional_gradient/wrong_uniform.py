# expect: the gradient is not right: all classes have the same probability in the model term: use p(
# misconception: the expectation over the model is the plain average over classes
import torch

def conditional_gradient(weights, x, y):
    K = weights.shape[0]
    hit = torch.nn.functional.one_hot(y, K).to(x.dtype)
    return (1 / K - hit).T @ x / x.shape[0]
