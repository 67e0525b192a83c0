"""The packaged classification sets: scikit-learn's, or what their sources say of them."""

from importlib.resources import files

import numpy as np
import pytest
import torch
from sklearn import datasets

from course_lib.data import load_classification
from course_lib.inputs import InputError

F64 = dict(dtype=torch.float64)
# name: rows, inputs, labels of 1, the first three numbers of the first row, those of the last row
FACTS = {
    "breast_cancer": (569, 30, 357, (17.99, 10.38, 122.8), (7.76, 24.54, 47.92)),
    "german_credit": (1000, 24, 300, (1, 6, 4), (2, 45, 4)),
    "sonar": (208, 60, 111, (0.02, 0.0371, 0.0428), (0.026, 0.0363, 0.0136)),
    "ionosphere": (351, 34, 225, (1, 0, 0.99539), (1, 0, 0.8471)),
}


@pytest.mark.parametrize("name", FACTS)
def test_sizes_classes_and_ends_are_those_of_the_source(name):
    rows, columns, ones, first, last = FACTS[name]
    data = load_classification(name, **F64)
    assert data.inputs.shape == (rows, columns) and data.labels.shape == (rows,) and data.labels.dtype == torch.int64
    assert int(data.labels.sum()) == ones and set(data.labels.tolist()) == {0, 1} and len(data.classes) == 2
    assert data.inputs[0, :3].tolist() == list(first) and data.inputs[-1, :3].tolist() == list(last)
    assert bool(data.inputs.isfinite().all())


def test_breast_cancer_is_scikit_learns():
    oracle, data = datasets.load_breast_cancer(), load_classification("breast_cancer", **F64)
    np.testing.assert_array_equal(data.inputs, oracle.data)
    np.testing.assert_array_equal(data.labels, oracle.target)
    assert data.classes == tuple(oracle.target_names)


def test_ranges_of_the_others():
    """Sonar: energies in [0, 1], four decimals. Ionosphere: in [-1, 1], the second input 0. Credit: small whole numbers."""
    sonar, ionosphere, credit = (load_classification(name, **F64).inputs for name in ("sonar", "ionosphere", "german_credit"))
    assert float(sonar.min()) >= 0 and float(sonar.max()) == 1
    np.testing.assert_array_equal(sonar.numpy().round(4), sonar)
    assert float(ionosphere.abs().max()) == 1 and not bool(ionosphere[:, 1].any())
    np.testing.assert_array_equal(ionosphere.numpy().round(5), ionosphere)
    assert bool((credit == credit.round()).all()) and (float(credit.min()), float(credit.max())) == (0, 184)


def test_the_readme_states_sources_licences_and_snippets_that_make_the_files(tmp_path, monkeypatch):
    folder = files("course_lib.data")
    text = (folder / "README.md").read_text(encoding="utf-8")
    for name in FACTS:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{name}.npz`")]
        assert "UCI Machine Learning Repository" in line and "https://doi.org/10.24432/" in line and "CC BY 4.0" in line
    snippets = [part.split("```")[0] for part in text.split("```python\n")[1:]]
    monkeypatch.chdir(tmp_path)
    (cancer,) = [snippet for snippet in snippets if "load_breast_cancer" in snippet]
    exec(cancer, {})
    with np.load(tmp_path / "breast_cancer.npz") as made, (folder / "breast_cancer.npz").open("rb") as file:
        kept = np.load(file)
        for name in ("inputs", "labels"):
            assert made[name].dtype == kept[name].dtype
            np.testing.assert_array_equal(made[name], kept[name])
    (means,) = [snippet for snippet in snippets if "forty_gaussian_means" in snippet]
    with torch.random.fork_rng():
        exec(means, {})
    kept = (folder / "forty_gaussian_means.csv").read_text(encoding="utf-8")
    assert (tmp_path / "forty_gaussian_means.csv").read_text(encoding="utf-8") == kept


def test_the_readmes_snippet_reads_the_sources_formats(tmp_path, monkeypatch):
    """Two rows written as the sources write them."""
    text = (files("course_lib.data") / "README.md").read_text(encoding="utf-8")
    (snippet,) = [part.split("```")[0] for part in text.split("```python\n")[1:] if "sonar.all-data" in part.split("```")[0]]
    monkeypatch.chdir(tmp_path)
    rows = {"german.data-numeric": "   1   6  67   1 \n   2  48   9   2 \n",
            "sonar.all-data": "0.0200,0.0371,R\n0.0453,0.0523,M\n", "ionosphere.data": "1,0,-0.5,g\n1,0,0.25,b\n"}
    for name, content in rows.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    exec(snippet, {})
    expected = {"german_credit": ([[1, 6, 67], [2, 48, 9]], [0, 1], np.uint8),
                "sonar": ([[0.02, 0.0371], [0.0453, 0.0523]], [0, 1], float),
                "ionosphere": ([[1, 0, -0.5], [1, 0, 0.25]], [1, 0], float)}
    for name, (inputs, labels, dtype) in expected.items():
        with np.load(tmp_path / f"{name}.npz") as made:
            assert made["inputs"].tolist() == inputs and made["labels"].tolist() == labels and made["inputs"].dtype == dtype


def test_what_was_loaded_is_ones_own():
    load_classification("sonar", **F64).inputs.zero_()
    assert float(load_classification("sonar").inputs.max()) == 1 and load_classification("sonar").inputs.dtype == torch.float32


@pytest.mark.parametrize("arguments, words", [
    (("iris",), ["breast_cancer, german_credit, sonar, ionosphere", "'iris'"]),
    ((None,), ["None"]),
    (("sonar", "cpu", torch.float16), ["torch.float32 or torch.float64", "float16"]),
])
def test_bad_arguments(arguments, words):
    with pytest.raises(InputError) as error:
        load_classification(*arguments)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_the_gpu():
    data = load_classification("ionosphere", device="cuda")
    assert data.inputs.is_cuda and data.labels.is_cuda
    assert torch.equal(data.inputs.cpu(), load_classification("ionosphere").inputs)
