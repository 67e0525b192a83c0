# expect: the log-determinants have the wrong sign
# misconception: the sign of the forward direction
# points: 1
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.inverse(x)
        total = total + log_det
    return log_base(x) - total
