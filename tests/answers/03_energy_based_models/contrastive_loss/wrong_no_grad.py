# expect: the gradient of the loss is not right: only the data term is there: without the samples no
# misconception: the model term is evaluated under no_grad, so it gives no gradient at all
import torch

def contrastive_loss(energy, x_data, x_model):
    with torch.no_grad():
        negative = energy(x_model).mean()
    return energy(x_data).mean() - negative
