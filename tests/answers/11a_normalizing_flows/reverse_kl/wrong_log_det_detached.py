# expect: nothing flows through log_det
# misconception: takes log_det for a constant
# points: 1
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_base(z) - log_det.detach() - log_target(x)).mean()
