# expect: it belongs to the base alone
# misconception: adds log ρ after every layer
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.inverse(x)
        total = total + log_det + log_base(x)
    return total
