# expect: is scaled, but w scales the difference
# misconception: scales the prediction
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    return weight * model(x, t, labels)
