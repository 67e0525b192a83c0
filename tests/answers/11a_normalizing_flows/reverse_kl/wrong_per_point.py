# expect: shape
# misconception: returns one number a draw
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return log_base(z) - log_det - log_target(x)
