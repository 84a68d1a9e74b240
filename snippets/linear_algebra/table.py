"""From a table with gaps and words to floats, without a look at the test rows.

    python -m snippets.linear_algebra.table
"""

# --8<-- [start:imports]
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import torch
# --8<-- [end:imports]

# --8<-- [start:csv]
CSV = """gears,brake,price
1,rim,120
7,rim,180
,disc,310
8,,260
3,drum,150
6,rim,230
24,disc,720
27,roller,890
"""
# --8<-- [end:csv]


# --8<-- [start:one_hot]
def one_hot(rows, columns=None):
    """Text columns as 0/1 columns of floats, a missing text included.

    columns: the columns that the result must have; a category outside them is dropped.
    """
    encoded = pd.get_dummies(rows, dummy_na=True, dtype=float)
    if columns is not None:
        encoded = encoded.reindex(columns=columns, fill_value=0.0)
    return encoded
# --8<-- [end:one_hot]


# --8<-- [start:to_tensor]
def to_tensor(table):
    """A DataFrame or Series of numbers as a float32 tensor of the same shape."""
    return torch.tensor(table.to_numpy(dtype="float32"))
# --8<-- [end:to_tensor]


if __name__ == "__main__":
    # --8<-- [start:read]
    Path("bicycles.csv").write_text(CSV)
    data = pd.read_csv("bicycles.csv")
    data
    # --8<-- [end:read]

    # --8<-- [start:missing]
    print(data.dtypes)
    print(data.isna().sum())
    # --8<-- [end:missing]

    # --8<-- [start:split]
    inputs, price = data[["gears", "brake"]], data["price"]
    train, test = inputs[:6], inputs[6:]
    # --8<-- [end:split]

    # --8<-- [start:fill]
    fill = train.mean(numeric_only=True)
    train, test = train.fillna(fill), test.fillna(fill)
    train
    # --8<-- [end:fill]

    # --8<-- [start:encode]
    train = one_hot(train)
    train
    # --8<-- [end:encode]

    # --8<-- [start:encode_test]
    print(list(one_hot(test).columns))
    test = one_hot(test, train.columns)
    test
    # --8<-- [end:encode_test]

    # --8<-- [start:memory]
    customer = pd.Series([f"customer {i}" for i in range(500)])
    dense = pd.get_dummies(customer, dtype="float32")
    sparse = pd.get_dummies(customer, dtype="float32", sparse=True)
    codes = customer.astype("category").cat.codes.to_frame()
    for name, table in [("dense", dense), ("sparse", sparse), ("codes", codes)]:
        size = table.memory_usage(index=False).sum()
        print(f"{name:6} {table.shape}  {size:>10,} bytes")
    # --8<-- [end:memory]

    # --8<-- [start:standardize]
    mean, std = train["gears"].mean(), train["gears"].std()
    train["gears"] = (train["gears"] - mean) / std
    test["gears"] = (test["gears"] - mean) / std
    X, y = to_tensor(train), to_tensor(price[:6])
    print(X)
    print(y)
    print(to_tensor(test))
    # --8<-- [end:standardize]

    # --8<-- [start:leak]
    filled = inputs["gears"].fillna(inputs["gears"].mean())  # all 8 rows | 全部 8 行
    leaked = (filled - filled.mean()) / filled.std()
    print(f"the gap in training row 2 was filled with {filled[2]:.1f} gears")
    print(f"training mean after standardizing: {leaked[:6].mean():.2f}")
    # --8<-- [end:leak]

    # --8<-- [start:plot]
    fig, ax = plt.subplots(figsize=(5.4, 2.6))
    honest = [train["gears"], test["gears"]]
    for height, (seen, unseen) in enumerate([(leaked[:6], leaked[6:]), honest]):
        ax.axhline(height, color="#d1d9e0", zorder=0)
        ax.plot(seen, [height] * len(seen), "o", color="C0", ms=7, alpha=0.7)
        ax.plot(unseen, [height] * len(unseen), "D", color="C1", ms=7, alpha=0.7)
    ax.text(honest[0].mean(), 1.22, "training", color="C0", ha="center")
    ax.text(honest[1].mean(), 1.22, "test", color="C1", ha="center")
    ax.set_yticks([1, 0], ["training statistics", "all rows"])
    ax.set(xlabel="standardized gears", ylim=(-0.5, 1.6))
    ax.grid(axis="y", visible=False);
    # --8<-- [end:plot]

    Path("bicycles.csv").unlink()
