"""What answers return becomes plain arrays, and plain data survives JSON bit for bit."""

import json

import numpy as np
import pytest
import torch

from course_lib.questions.boundary import DTYPES, MAX_ELEMENTS, AnswerError, coerce, coerce_bool, decode, encode


class Liar(torch.Tensor):
    """A tensor that claims to equal everything and to be somebody else."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.tensor(42.0)

    def detach(self):
        return torch.tensor(42.0)

    numpy = cpu = to = detach
    __eq__ = lambda self, other: True  # noqa: E731


class LyingArray(np.ndarray):
    def __array__(self, *args, **kwargs):
        return np.array(42.0)

    def __eq__(self, other):
        return True


class LyingFloat(float):
    def __float__(self):
        return 42.0

    def __sub__(self, other):
        return 0.0


class Agreeable:
    def __eq__(self, other):
        return True

    def __float__(self):
        return 42.0


@pytest.mark.parametrize("value", [
    torch.tensor([1.5, 2.5]), torch.tensor([1.5, 2.5], requires_grad=True), torch.nn.Parameter(torch.tensor([1.5, 2.5])),
    torch.tensor([1.5, 2.5], dtype=torch.bfloat16), np.array([1.5, 2.5]), np.array([1.5, 2.5], dtype=">f8"), [1.5, 2.5],
    (1.5, np.float32(2.5)), [torch.tensor(1.5), 2.5], torch.tensor([[1.5, 2.5]]).T[:, 0], -torch.tensor([-1.5, -2.5]),
    torch.tensor([1.5, 2.5]).as_subclass(Liar), np.array([1.5, 2.5]).view(LyingArray), [LyingFloat(1.5), LyingFloat(2.5)],
])
def test_numbers_in_every_dress_become_one_plain_array(value):
    array = coerce(value)
    assert type(array) is np.ndarray and array.dtype.name in DTYPES
    assert array.shape == (2,) and array.tolist() == [1.5, 2.5]


def test_the_array_is_a_copy():
    for value in (torch.zeros(3), np.zeros(3)):
        array = coerce(value)
        value += 1
        assert array.tolist() == [0, 0, 0]


@pytest.mark.parametrize("value, fragment", [
    (None, "return"), (Agreeable(), "type Agreeable"), (lambda: 0, "call the function"), ("1.0", "type str"),
    (1j, "type complex"), (torch.tensor(1j), "complex64"), (np.array([None]), "object"), (np.array(["a"]), "dtype"),
    ([[1.0], [1.0, 2.0]], "different shapes"), ({"a": 1.0}, "type dict"), (torch.zeros(2, device="meta"), "cannot be read"),
    (torch.zeros(MAX_ELEMENTS + 1), "small"), (np.zeros(MAX_ELEMENTS + 1), "small"), (2**80, "64 bits"),
    (torch.eye(2).to_sparse(), "cannot be read"),
])
def test_what_is_no_number_is_told_in_a_sentence(value, fragment):
    with pytest.raises(AnswerError, match=fragment):
        coerce(value)


def test_a_list_that_holds_itself_ends():
    endless: list = []
    endless.append(endless)
    with pytest.raises(AnswerError, match="nested"):
        coerce(endless)


@pytest.mark.parametrize("value", [True, np.bool_(True), torch.tensor(True), torch.tensor([True]), 1, np.array(1.0)])
def test_true_in_every_dress(value):
    array = coerce_bool(value)
    assert array.dtype == bool and array.shape == () and array
    assert not coerce_bool(not value)


@pytest.mark.parametrize("value", [2, 0.5, float("nan"), torch.tensor([True, True]), None, "yes", []])
def test_what_is_neither_true_nor_false_is_told(value):
    with pytest.raises(AnswerError):
        coerce_bool(value)


def same(a, b) -> bool:
    if type(a) is np.ndarray:
        return type(b) is np.ndarray and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return type(b) is dict and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(b) is list and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a and b != b)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_arrays_survive_the_boundary(dtype, shape):
    array = np.random.default_rng(0).integers(0, 2, size=shape).astype(dtype)
    assert same(array, decode(json.loads(json.dumps(encode(array), allow_nan=False))))


def test_plain_data_survives_the_boundary():
    nan, inf = float("nan"), float("inf")
    value = {"a": [1, -2.5, None, True, "é", [], {}], "array": np.array([nan, inf, -inf, -0.0]), "bare": [nan, inf, -inf],
             "float": {"array": 1, "dict": {"float": "nan"}}, "": 1e-300, "transposed": np.arange(6.0).reshape(2, 3).T}
    assert same(value, decode(json.loads(json.dumps(encode(value), allow_nan=False))))


def test_only_plain_data_is_written():
    for value in (object(), {1: 2}, torch.zeros(2), {"a": lambda: 0}, np.array([None])):
        with pytest.raises(TypeError, match="plain data"):
            encode(value)


@pytest.mark.parametrize("forged", [
    {"array": {"dtype": "object", "shape": [1], "data": ""}}, {"array": {"dtype": "float64", "shape": [2], "data": "AAAA"}},
    {"array": {"dtype": "float64", "shape": [-1], "data": ""}}, {"array": {"dtype": "float64", "shape": [10**9], "data": ""}},
    {"array": {"dtype": "float64", "shape": [], "data": "not base64!"}}, {"array": {"dtype": "float64", "shape": []}},
    {"array": {"dtype": ["float64"], "shape": [], "data": ""}}, {"float": "1e5"}, {"pickle": "gASV"}, {"a": 1, "b": 2},
    {"array": {"dtype": "float64", "shape": [True], "data": "AAAAAAAAAAA="}},
])
def test_forged_data_is_a_value_error(forged):
    with pytest.raises(ValueError):
        decode(forged)


def test_deep_forged_data_is_a_value_error():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(ValueError):
        decode(deep)
