# right: recursion from the last layer
def flow_log_prob(layers, log_base, x):
    if not layers:
        return log_base(x)
    z, log_det = layers[-1].inverse(x)
    return flow_log_prob(layers[:-1], log_base, z) + log_det
