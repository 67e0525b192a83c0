# expect: labels was changed in place
# misconception: overwrites the labels before it asks with them
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    labels.fill_(null_label)
    u = model(x, t, labels)
    return u + weight * (model(x, t, labels) - u)
