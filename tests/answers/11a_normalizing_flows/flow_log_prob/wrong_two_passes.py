# expect: take both from one pass
# misconception: log-dets collected in another pass, in the order of the list
# points: 1
def flow_log_prob(layers, log_base, x):
    z = x
    for layer in reversed(layers):
        z, _ = layer.inverse(z)
    total = 0
    for layer in layers:
        x, log_det = layer.inverse(x)
        total = total + log_det
    return log_base(z) + total
