# expect: or the same label used twice
# misconception: the labels twice
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, labels)
    return u + weight * (c - u)
