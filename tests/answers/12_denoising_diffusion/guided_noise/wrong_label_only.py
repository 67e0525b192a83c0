# expect: is it not used
# misconception: no guidance
# points: 0
def guided_noise(model, x, t, labels, null_label, weight):
    return model(x, t, labels)
