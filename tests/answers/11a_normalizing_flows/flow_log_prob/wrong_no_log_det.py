# expect: the log-determinants are missing
# misconception: forgets the volume
# points: 1
def flow_log_prob(layers, log_base, x):
    for layer in reversed(layers):
        x, _ = layer.inverse(x)
    return log_base(x)
