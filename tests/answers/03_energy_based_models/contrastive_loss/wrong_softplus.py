# expect: the gradient of the loss is not right: this is the loss of a classifier, not of the likeli
# misconception: trains a logistic discriminator between data and draws
import torch.nn.functional as F

def contrastive_loss(energy, x_data, x_model):
    return F.softplus(energy(x_data)).mean() + F.softplus(-energy(x_model.detach())).mean()
