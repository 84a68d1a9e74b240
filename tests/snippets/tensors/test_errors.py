import pytest
import torch

from snippets.tensors.errors import describe

X = torch.tensor([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])


def test_describe_names_type_shape_and_device(capsys):
    describe(X=X, n=torch.tensor(3))
    assert capsys.readouterr().out.splitlines() == [
        "X: torch.float32, (2, 3), cpu",
        "n: torch.int64, (), cpu",
    ]


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (torch.float64, "double"),
        (torch.int64, "long int"),
        (torch.int32, "int"),
        (torch.float16, "c10::Half"),
    ],
)
def test_a_product_of_two_types_fails_and_names_them_in_cpp(dtype, name):
    w = torch.ones(3, 1, dtype=dtype)
    with pytest.raises(RuntimeError, match=f"same dtype, but got: float != {name}$"):
        X @ w
    assert (X @ w.to(torch.float32)).shape == (2, 1)


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (torch.float64, "Double"),
        (torch.int64, "Long"),
        (torch.int32, "Int"),
        (torch.float16, "Half"),
    ],
)
def test_layers_use_the_other_names(dtype, name):
    with pytest.raises(RuntimeError, match=f"same dtype, but got {name} and Float"):
        torch.nn.Linear(3, 1)(X.to(dtype))


def test_elementwise_operations_convert_upward():
    integers = torch.tensor([1, 2, 3])
    assert (X * integers).dtype == torch.float32
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type Long"):
        integers.add_(0.5)


def test_single_precision_is_exact_up_to_2_to_the_24():
    border = torch.tensor([2**24 - 1, 2**24, 2**24 + 1])
    assert (border.to(torch.float32).long() == border).tolist() == [True, True, False]


def test_half_precision_skips_2049():
    assert torch.tensor([2048.0, 2049.0, 2050.0]).half().tolist() == [2048, 2048, 2050]


def test_type_is_a_legacy_string():
    w = torch.tensor([1])
    assert w.type() == "torch.LongTensor" and w.dtype == torch.int64


def test_sum_of_shapes_that_do_not_fit():
    message = r"tensor a \(3\) must match the size of tensor b \(2\) at non-singleton dimension 1"
    with pytest.raises(RuntimeError, match=message):
        X + torch.tensor([10.0, 20.0])
    assert (X + torch.tensor([[10.0], [20.0]])).shape == (2, 3)


def test_product_of_shapes_that_do_not_fit():
    W = torch.ones(2, 3)
    with pytest.raises(RuntimeError, match=r"shapes cannot be multiplied \(2x3 and 2x3\)"):
        X @ W
    assert (X @ W.T).shape == (2, 2)


def test_reshape_to_another_number_of_elements():
    with pytest.raises(RuntimeError, match="invalid for input of size 6"):
        X.reshape(4, 2)


def test_a_column_minus_a_vector_is_a_matrix_and_no_error():
    target = torch.tensor([1.0, 2.0, 3.0])
    squares = (target[:, None] - target) ** 2
    assert squares.shape == (3, 3) and squares.mean() > 1
    assert ((target[:, None].squeeze(1) - target) ** 2).mean() == 0


def test_two_devices_do_not_add():
    with pytest.raises(RuntimeError, match="device meta is not on the expected device cpu"):
        X + X.to("meta")


def test_a_scalar_on_the_cpu_may_join():
    assert (X.to("meta") + torch.tensor(1.0)).device.type == "meta"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_two_devices_do_not_add_on_a_gpu():
    with pytest.raises(RuntimeError, match="Expected all tensors to be on the same device"):
        X.cuda() + X
    assert (X.cuda() + torch.tensor(1.0)).device.type == "cuda"


def test_none_means_the_current_default_device():
    assert torch.tensor([1.0], device=None).device.type == "cpu"
    with torch.device("meta"):
        assert torch.tensor([1.0], device=None).device.type == "meta"


def test_to_does_not_move_in_place():
    x = X.clone()
    y = x.to("meta")
    assert x.device.type == "cpu" and y.device.type == "meta"
    assert x.to("cpu") is x


@pytest.mark.parametrize("name", ["device", "dtype", "shape"])
def test_attributes_are_not_called(name):
    with pytest.raises(TypeError, match="object is not callable"):
        getattr(X, name)()


def test_size_and_numel_are_methods():
    assert callable(X.size) and callable(X.numel)


def test_a_misspelled_option():
    with pytest.raises(TypeError, match="unexpected keyword argument 'requires_grade'"):
        torch.tensor([3.0], requires_grade=True)


def test_a_full_width_comma_is_a_syntax_error():
    with pytest.raises(SyntaxError, match=r"invalid character .* \(U\+FF0C\)"):
        compile("[3.0\N{FULLWIDTH COMMA} 6.0]", "cell", "exec")
