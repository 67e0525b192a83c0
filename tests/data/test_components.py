"""Principal components against scikit-learn's PCA and against what defines them."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from course_lib.data import load_digits, principal_components
from course_lib.inputs import InputError

TRAIN = load_digits("train", dtype=torch.float64).images
FIT = principal_components(TRAIN, 10)


def test_is_scikit_learns_up_to_sign():
    oracle = PCA(10, svd_solver="full").fit(TRAIN.numpy())
    np.testing.assert_allclose(FIT.mean, oracle.mean_, atol=1e-12)
    # Its variances have the divisor n - 1, ours n, so that `project` has variance exactly one over the data.
    np.testing.assert_allclose(FIT.scales ** 2, oracle.explained_variance_ * 999 / 1000, rtol=1e-10)
    np.testing.assert_allclose((FIT.components.numpy() * oracle.components_).sum(1) ** 2, 1, atol=1e-10)


def test_components_are_eigenvectors_of_the_covariance():
    covariance = np.cov(TRAIN.numpy().T, bias=True)
    np.testing.assert_allclose(covariance @ FIT.components.numpy().T, (FIT.components.T * FIT.scales ** 2).numpy(), atol=1e-9)
    np.testing.assert_allclose(FIT.components @ FIT.components.T, np.eye(10), atol=1e-12)
    assert bool((FIT.scales.diff() < 0).all())


def test_projection_is_white_and_undone_by_reconstruction():
    z = FIT.project(TRAIN)
    assert z.shape == (1000, 10)
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(z.numpy().T, bias=True), np.eye(10), atol=1e-10)
    np.testing.assert_allclose(FIT.project(FIT.reconstruct(z)), z, atol=1e-11)
    # What is lost is the variance along the other directions.
    lost = (TRAIN - FIT.reconstruct(z)).square().sum(1).mean()
    total = TRAIN.var(0, correction=0).sum()
    assert float(lost) == pytest.approx(float(total - FIT.scales.square().sum()), rel=1e-10)


def test_all_directions_reconstruct_exactly():
    rank = int(np.linalg.matrix_rank(TRAIN.numpy() - TRAIN.mean(0).numpy()))
    full = principal_components(TRAIN, rank)
    np.testing.assert_allclose(full.reconstruct(full.project(TRAIN)), TRAIN, atol=1e-10)
    with pytest.raises(InputError, match=f"at most {rank}.*the int {rank + 1}"):
        principal_components(TRAIN, rank + 1)


def test_signs_do_not_depend_on_the_data_order_or_on_a_mirror():
    order = torch.randperm(1000, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(principal_components(TRAIN[order], 10).components, FIT.components, atol=1e-9)
    np.testing.assert_allclose(principal_components(-TRAIN, 10).components, FIT.components, atol=1e-9)
    largest = FIT.components.gather(1, FIT.components.abs().argmax(1, keepdim=True))
    assert bool((largest > 0).all())


def test_float32_in_float32_out():
    fit = principal_components(TRAIN.float(), 3)
    assert {part.dtype for part in fit} == {torch.float32}
    np.testing.assert_allclose(fit.components, FIT.components[:3], atol=1e-6)
    assert fit.project(TRAIN).dtype == torch.float64


@pytest.mark.parametrize("call, words", [
    (lambda: principal_components(TRAIN, 0), ["num_components", "the int 0"]),
    (lambda: principal_components(TRAIN, 65), ["at most", "the int 65"]),
    (lambda: principal_components(TRAIN, 2.0), ["whole number", "2.0"]),
    (lambda: principal_components(torch.ones(5, 3), 1), ["at most 0"]),
    (lambda: principal_components(TRAIN[0], 2), ["(n, dim)", "(64,)"]),
    (lambda: FIT.project(TRAIN[:, :8]), ["(n, 64)", "(1000, 8)"]),
    (lambda: FIT.reconstruct(TRAIN), ["(n, 10)", "(1000, 64)"]),
])
def test_bad_arguments(call, words):
    with pytest.raises(InputError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)
