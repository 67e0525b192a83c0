# expect: labels as a tensor
# misconception: the number itself for a batch
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, null_label)
    return u + weight * (c - u)
