# expect: every layer got x itself
# misconception: each layer inverts the data point
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        z, log_det = layer.inverse(x)
        total = total + log_det
    return log_base(z) + total
