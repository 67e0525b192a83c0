# right: inverts first, then subtracts the log-dets of the forward pass
def flow_log_prob(layers, log_base, x):
    z = x
    for layer in reversed(layers):
        z, _ = layer.inverse(z)
    result = log_base(z)
    for layer in layers:
        z, log_det = layer.forward(z)
        result = result - log_det
    return result
