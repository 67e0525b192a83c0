# expect: labels was changed in place
# misconception: asks with the labels first, then overwrites them with the null label
# points: 1
def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    labels[:] = null_label
    u = model(x, t, labels)
    return u + weight * (c - u)
