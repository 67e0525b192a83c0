# right: data first
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises, learning_rate=None):
    # the data term does not depend on the chains and may be computed first
    data_term = torch.ones(len(x_data)).to(x_data.dtype) @ energy_gradient(theta, x_data) / len(x_data)
    history = [chains]
    for noise in noises:
        history.append(kernel(theta, history[-1], noise))
    new = history[-1]
    return data_term - energy_gradient(theta, new).double().mean(0).to(data_term.dtype), new
