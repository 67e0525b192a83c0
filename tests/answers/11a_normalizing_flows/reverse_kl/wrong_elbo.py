# expect: the sign is flipped
# misconception: returns the lower bound to be maximised
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_target(x) + log_det - log_base(z)).mean()
