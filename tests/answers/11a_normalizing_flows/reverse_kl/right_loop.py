# right: one draw at a time
def reverse_kl(forward, log_base, log_target, z):
    total = 0
    for point in z:
        x, log_det = forward(point[None])
        total = total + (log_base(point[None]) - log_det - log_target(x))[0]
    return total / len(z)
