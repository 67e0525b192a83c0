"""The packaged digits are scikit-learn's."""

from importlib.resources import files

import numpy as np
import pytest
import torch
from sklearn import datasets

from course_lib.data import load_digits
from course_lib.inputs import InputError


def test_all_digits_are_scikit_learns_in_its_order():
    images, labels = load_digits("all", dtype=torch.float64)
    oracle = datasets.load_digits()
    assert images.shape == (1797, 64) and labels.dtype == torch.int64
    np.testing.assert_array_equal(images, oracle.data)
    np.testing.assert_array_equal(labels, oracle.target)


def test_splits_are_disjoint_and_complete():
    parts = [load_digits(split) for split in ("train", "validation", "test")]
    assert [len(part.images) for part in parts] == [1000, 350, 447]
    together = load_digits("all")
    assert torch.equal(torch.cat([part.images for part in parts]), together.images)
    assert torch.equal(torch.cat([part.labels for part in parts]), together.labels)
    assert load_digits().images.dtype == torch.float32 and torch.equal(load_digits().images, parts[0].images)


def test_what_was_loaded_is_ones_own():
    load_digits().images.zero_()
    assert float(load_digits().images.max()) == 16


def test_the_readme_states_source_licence_and_a_snippet_that_makes_the_file(tmp_path, monkeypatch):
    text = (files("course_lib.data") / "README.md").read_text(encoding="utf-8")
    assert "Optical Recognition of Handwritten Digits" in text and "CC BY 4.0" in text
    monkeypatch.chdir(tmp_path)
    exec(text.split("```python\n")[1].split("```")[0], {})
    with np.load(tmp_path / "digits.npz") as made, (files("course_lib.data") / "digits.npz").open("rb") as file:
        kept = np.load(file)
        assert set(made.files) == set(kept.files) == {"images", "labels"}
        for name in made.files:
            assert made[name].dtype == kept[name].dtype == np.uint8
            np.testing.assert_array_equal(made[name], kept[name])


@pytest.mark.parametrize("arguments, words", [
    (dict(split="training"), ["split to be one of train, validation, test, all", "'training'"]),
    (dict(split=None), ["split", "None"]),
    (dict(split=["train"]), ["split", "list"]),
    (dict(dtype=torch.uint8), ["torch.float32 or torch.float64", "torch.uint8"]),
])
def test_bad_arguments(arguments, words):
    with pytest.raises(InputError) as error:
        load_digits(**arguments)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_the_gpu():
    digits = load_digits("test", device="cuda")
    assert digits.images.is_cuda and digits.labels.is_cuda
    assert torch.equal(digits.images.cpu(), load_digits("test").images)
