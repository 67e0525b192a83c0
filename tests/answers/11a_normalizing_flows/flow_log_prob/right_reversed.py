# right: the hint
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in layers[::-1]:
        x, log_det = layer.inverse(x)
        total += log_det
    return log_base(x) + total
