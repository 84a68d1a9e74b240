"""Creating tensors: from data, from a shape, from a range, from chance.

    python -m snippets.tensors.create
"""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
# --8<-- [end:imports]


# --8<-- [start:dtype_rules]
def dtype_rules(examples):
    """One row per example: the data and the dtype that torch.tensor infers from it."""
    dtypes = [torch.tensor(data).dtype for data in examples]
    return pd.DataFrame({"dtype": dtypes}, index=[repr(data) for data in examples])
# --8<-- [end:dtype_rules]


# --8<-- [start:extra_elements]
def extra_elements(n, start=1, step=0.1):
    """Elements beyond n in torch.arange(start, stop, step) with n steps up to stop."""
    stop = round(start + n * step, 10)  # 1.3, as one would type it | 写成 1.3 这样的数
    return len(torch.arange(start, stop, step)) - n
# --8<-- [end:extra_elements]


if __name__ == "__main__":
    # --8<-- [start:from_list]
    days = [[21, 3], [19, 0], [24, 5]]  # degrees, hours of rain | 气温，降雨小时数
    x = torch.tensor(days)
    x
    # --8<-- [end:from_list]

    # --8<-- [start:from_numpy]
    array = np.array([0.5, 1.5])
    copied, shared = torch.tensor(array), torch.from_numpy(array)
    array[0] = 99
    print("copied", copied)
    print("shared", shared)
    # --8<-- [end:from_numpy]

    # --8<-- [start:infer]
    dtype_rules([[1, 2], [1.0, 2], [True, False], [1j], np.array([1.0, 2.0])])
    # --8<-- [end:infer]

    # --8<-- [start:shapes]
    print(torch.zeros(2, 3))
    print(torch.ones(size=(2, 3)))
    print(torch.full((2, 3), 7))
    # --8<-- [end:shapes]

    # --8<-- [start:like]
    weights = torch.tensor([[1.0, 2], [3, 4]])
    print(torch.zeros_like(weights))
    print(torch.ones_like(weights))
    print(torch.zeros_like(x))
    # --8<-- [end:like]

    # --8<-- [start:ranges]
    print(torch.arange(12))
    print(torch.arange(0, 4), torch.arange(1, 5), torch.arange(2, 12, 3))
    print(torch.arange(0, 1, 0.25))
    # --8<-- [end:ranges]

    # --8<-- [start:overshoot]
    print(torch.arange(1, 1.2, 0.1))
    print(torch.arange(1, 1.3, 0.1))
    print((1.3 - 1) / 0.1)
    # --8<-- [end:overshoot]

    # --8<-- [start:plot_arange]
    lengths = list(range(1, 21))
    extra = [extra_elements(n) for n in lengths]
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    ax.scatter(lengths, extra, c=["C4" if e else "C0" for e in extra], zorder=3)
    for n, e in zip(lengths, extra):
        if e:
            ax.annotate(f"{1 + n / 10:.1f}", (n, 0.75), color="C4", ha="center")
    ax.set(xlabel="intended length", ylabel="extra elements", ylim=(-0.25, 1.25))
    ax.set(xticks=[1, 5, 10, 15, 20], yticks=[0, 1])
    ax.grid(visible=False, axis="x")
    # --8<-- [end:plot_arange]

    # --8<-- [start:linspace]
    torch.linspace(1, 1.2, 3)
    # --8<-- [end:linspace]

    # --8<-- [start:random]
    torch.manual_seed(0)
    uniform = torch.rand(10000)
    normal = torch.randn(10000)
    print(uniform[:4], normal[:4])
    print(torch.randint(0, 10, (8,)), torch.randperm(8))
    # --8<-- [end:random]

    # --8<-- [start:plot_random]
    fig, ax = plt.subplots(figsize=(6.4, 3))
    bins = np.arange(-4, 4.01, 0.25)
    ax.hist(uniform.numpy(), bins, color="C0")
    ax.hist(normal.numpy(), bins, color="C1", histtype="step", lw=2)
    ax.annotate("uniform distribution", (1.15, 2250), color="C0")
    ax.annotate("normal distribution", (1.3, 850), color="C1")
    ax.set(xlabel="value", ylabel="frequency", xlim=(-4, 4));
    # --8<-- [end:plot_random]

    # --8<-- [start:seeds]
    torch.manual_seed(42)
    a, b = torch.rand(2), torch.rand(2)
    torch.manual_seed(42)
    c = torch.rand(2)
    generator = torch.Generator().manual_seed(42)
    d = torch.rand(2, generator=generator)
    print("second draw", torch.equal(a, b))
    print("after a new seed", torch.equal(a, c))
    print("own generator", torch.equal(a, d))
    # --8<-- [end:seeds]
