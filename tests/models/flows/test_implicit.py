"""The gradient of a solution, against the gradient of its formula."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.implicit import with_gradient

A = torch.tensor([[1.0, 0.0, 0.0], [0.9, 2.0, 0.0], [-0.5, 3.0, 0.5]], dtype=torch.float64)
X = torch.tensor([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]], dtype=torch.float64)


def test_a_linear_map_has_the_gradient_of_its_inverse_matrix():
    matrix, x = A.clone().requires_grad_(), X.clone().requires_grad_()
    exact = x @ torch.linalg.inv(matrix).T
    found = with_gradient(lambda z: z @ matrix.T, exact.detach(), x, A.diag(), max_iterations=4)  # nilpotent: three and a look
    torch.testing.assert_close(found, exact)
    weights = torch.tensor([1.0, -2.0, 0.7], dtype=torch.float64)
    ours, theirs = (torch.autograd.grad((z**2 @ weights).sum(), (x, matrix)) for z in (found, exact))
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b)


def test_a_derivative_by_the_solution_itself_is_not_touched():
    x = X.clone().requires_grad_()
    z = with_gradient(lambda z: 2 * z, X / 2, x, 2.0)
    assert torch.equal(torch.autograd.grad((3 * z).sum(), z, retain_graph=True)[0], torch.full_like(z, 3))
    torch.testing.assert_close(torch.autograd.grad((3 * z).sum(), x)[0], torch.full_like(x, 1.5))


def test_nothing_is_recorded_without_gradient():
    with torch.no_grad():
        assert not with_gradient(lambda z: 2 * z, X / 2, X.clone().requires_grad_()).requires_grad


def test_a_backward_pass_that_does_not_converge_gets_one_sentence():
    x = X.clone().requires_grad_()
    z = with_gradient(lambda z: 3 * z, X / 3, x, 1.0, max_iterations=20)  # I - J = -2
    with pytest.raises(InputError, match="the backward pass of an inverse to converge"):
        z.sum().backward()
