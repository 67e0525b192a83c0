# expect: layer.forward is used
# misconception: runs reversed layers forward and adds
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.forward(x)
        total = total + log_det
    return log_base(x) + total
