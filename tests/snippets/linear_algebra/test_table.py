import io

import numpy as np
import pandas as pd
import pytest
import torch

from snippets.linear_algebra.table import CSV, one_hot, to_tensor

data = pd.read_csv(io.StringIO(CSV))
inputs = data[["gears", "brake"]]
train, test = inputs[:6], inputs[6:]
fill = train.mean(numeric_only=True)


def test_the_file_has_one_gap_per_input_column_and_floats_because_of_it():
    assert data.isna().sum().tolist() == [1, 1, 0]
    assert data["gears"].dtype == np.float64
    assert data["gears"].dropna().astype(int).eq(data["gears"].dropna()).all()


def test_mean_of_a_text_column_raises_and_numeric_only_fills_the_gap():
    with pytest.raises(TypeError, match="Cannot perform reduction 'mean' with string dtype"):
        inputs.fillna(inputs.mean())
    filled = train.fillna(fill)
    assert filled["gears"][2] == train["gears"].dropna().mean() == 5
    assert filled["brake"].isna().sum() == 1  # words stay


def test_filling_with_the_mean_shrinks_the_spread():
    assert train.fillna(fill)["gears"].std() < train["gears"].std()


def test_one_hot_gives_one_float_column_per_category_and_one_for_the_gap():
    encoded = one_hot(train.fillna(fill))
    assert list(encoded.columns[1:]) == ["brake_disc", "brake_drum", "brake_rim", "brake_nan"]
    assert encoded.dtypes.eq(np.float64).all()
    assert (encoded.iloc[:, 1:].sum(axis=1) == 1).all()
    assert encoded.loc[3, "brake_nan"] == 1


def test_test_rows_get_the_columns_of_training_and_unseen_categories_get_zeros():
    columns = one_hot(train).columns
    assert list(one_hot(test).columns) != list(columns)
    encoded = one_hot(test, columns)
    assert list(encoded.columns) == list(columns)
    assert encoded.loc[7].tolist() == [27, 0, 0, 0, 0]
    assert not encoded.isna().any(axis=None)


def test_to_tensor_gives_float32_of_the_same_shape():
    X = to_tensor(one_hot(train.fillna(fill)))
    assert X.shape == (6, 5) and X.dtype == torch.float32 and not X.isnan().any()
    assert to_tensor(data["price"]).tolist() == data["price"].tolist()


def test_bool_columns_have_no_common_type_with_floats_until_it_is_named():
    old = pd.get_dummies(inputs, dummy_na=True)
    assert old.dtypes.iloc[1:].eq(bool).all() and old.to_numpy().dtype == object
    with pytest.raises(TypeError, match="can't convert np.ndarray of type numpy.object_"):
        torch.tensor(old.to_numpy())
    assert to_tensor(old).dtype == torch.float32


def test_get_dummies_leaves_numeric_gaps_which_spoil_the_mean():
    X = to_tensor(pd.get_dummies(inputs, dummy_na=True))
    assert X.isnan().sum() == 1 and X[:, 0].mean().isnan()


def test_training_statistics_standardize_training_and_do_not_depend_on_the_test_rows():
    gears = train.fillna(fill)["gears"]
    z = (gears - gears.mean()) / gears.std()
    assert abs(z.mean()) < 1e-12 and abs(z.std() - 1) < 1e-12
    z_test = (test["gears"] - gears.mean()) / gears.std()
    assert z_test.min() > 7


def test_statistics_of_all_rows_leak_into_the_training_rows():
    filled = inputs["gears"].fillna(inputs["gears"].mean())
    assert filled[2] > train["gears"].max()
    leaked = (filled - filled.mean()) / filled.std()
    assert leaked[:6].max() <= 0 and leaked[:6].mean() < -0.5 and leaked[6:].max() < 2


def test_sparse_tables_and_codes_are_far_smaller_than_a_dense_one():
    names = pd.Series([str(i) for i in range(500)])
    dense = pd.get_dummies(names, dtype="float32")
    sparse = pd.get_dummies(names, dtype="float32", sparse=True)
    sizes = [x.memory_usage(index=False).sum() for x in (dense, sparse)]
    assert sizes[0] == 500 * 500 * 4 and sizes[1] < sizes[0] / 50
    codes = names.astype("category").cat.codes
    assert codes.nunique() == 500 and codes.memory_usage(index=False) < sizes[1]


def test_a_constant_column_becomes_nan():
    constant = torch.full((4,), 3.0)
    assert ((constant - constant.mean()) / constant.std()).isnan().all()
