# expect: undo the last layer first
# misconception: inverts in the order of the list, right for one layer
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in layers:
        x, log_det = layer.inverse(x)
        total = total + log_det
    return log_base(x) + total
