# right: point by point


def contrastive_loss(energy, x_data, x_model):
    data = sum(energy(point[None])[0] for point in x_data) / len(x_data)
    model = sum(energy(point[None].detach())[0] for point in x_model) / len(x_model)
    return data - model
