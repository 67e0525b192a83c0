# expect: labels as a tensor
# misconception: None for no label
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, None)
    return u + weight * (c - u)
