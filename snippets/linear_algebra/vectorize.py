"""One matrix product with three loops, two, one and none: who does the counting.

    python -m snippets.linear_algebra.vectorize
"""

# --8<-- [start:imports]
import timeit

import matplotlib.pyplot as plt
import torch
# --8<-- [end:imports]


# --8<-- [start:loops]
def three_loops(A, B):
    """A (m, n) @ B (n, p), number by number; returns the product and the passes."""
    C, passes = torch.zeros(A.shape[0], B.shape[1]), 0
    for i in range(A.shape[0]):
        for k in range(B.shape[1]):
            for j in range(A.shape[1]):
                C[i, k] += A[i, j] * B[j, k]
                passes += 1
    return C, passes
# --8<-- [end:loops]


# --8<-- [start:fewer]
def two_loops(A, B):
    """The same, one dot product per entry."""
    C, passes = torch.zeros(A.shape[0], B.shape[1]), 0
    for i in range(A.shape[0]):
        for k in range(B.shape[1]):
            C[i, k] = torch.dot(A[i], B[:, k])
            passes += 1
    return C, passes


def one_loop(A, B):
    """The same, one product of a row and a matrix per row."""
    rows = [row @ B for row in A]
    return torch.stack(rows), len(rows)


def no_loop(A, B):
    """The same, in one call."""
    return A @ B, 1
# --8<-- [end:fewer]


# --8<-- [start:seconds]
def seconds(run, number=1):
    """Seconds that one call of run takes: the best of five tries."""
    return min(timeit.repeat(run, number=number, repeat=5)) / number
# --8<-- [end:seconds]


# --8<-- [start:distances]
def squared_distances(X, Y):
    """Between each row of X (N, d) and each of Y (M, d): (N, M), by broadcasting."""
    return ((X.unsqueeze(1) - Y) ** 2).sum(dim=2)


def squared_distances_product(X, Y):
    """The same from |x|^2 - 2xy + |y|^2, mostly a matrix product."""
    return (X**2).sum(dim=1, keepdim=True) - 2 * X @ Y.T + (Y**2).sum(dim=1)
# --8<-- [end:distances]


if __name__ == "__main__":
    # --8<-- [start:compare]
    torch.manual_seed(0)
    A, B = torch.randn(16, 16), torch.randn(16, 16)
    versions = [three_loops, two_loops, one_loop, no_loop]
    counts = []
    for version in versions:
        C, passes = version(A, B)
        counts.append(passes)
        same = torch.allclose(C, A @ B, atol=1e-5)
        print(f"{version.__name__:11}  {passes:4} passes  right: {same}")
    # --8<-- [end:compare]

    # --8<-- [start:plot_passes]
    fig, ax = plt.subplots(figsize=(5.4, 2.6))
    names = ["three loops", "two loops", "one loop", "no loop"]
    ax.barh(names[::-1], counts[::-1], color="C0", height=0.6)
    for height, count in enumerate(counts[::-1]):
        ax.annotate(str(count), (count * 1.15, height), va="center")
    ax.set(xscale="log", xlim=(0.7, 15_000), xlabel="passes in Python")
    ax.grid(axis="y", visible=False);
    # --8<-- [end:plot_passes]

    # --8<-- [start:faster]
    product = seconds(lambda: A @ B, 1000)
    for version in (three_loops, two_loops):
        ratio = seconds(lambda run=version: run(A, B)) / product
        print(version.__name__, "takes at least ten times as long:", ratio > 10)
    # --8<-- [end:faster]

    # --8<-- [start:overhead]
    one, thousand = torch.randn(1), torch.randn(1000)
    small = seconds(lambda: one + one, 1000)
    large = seconds(lambda: thousand + thousand, 1000)
    print("1000 additions cost less than 100 times one addition:", large < 100 * small)
    # --8<-- [end:overhead]

    # --8<-- [start:traffic]
    x, y = torch.randn(2, 1_000_000)
    d = x - y
    print(torch.allclose((d**2).mean(), torch.dot(d, d) / len(d), rtol=1e-4))
    # --8<-- [end:traffic]

    # --8<-- [start:plot_intensity]
    n = torch.tensor([1, 4, 16, 64, 256, 1024, 4096])
    moved = 3 * n**2  # two matrices read, one written | 读两个矩阵，写一个
    fig, ax = plt.subplots(figsize=(5.4, 3.4))
    ax.plot(n, 2 * n**3 / moved, "o-", color="C0")
    ax.plot(n, n**2 / moved, "o-", color="C1")
    ax.annotate("A @ B", (55, 130), color="C0", ha="right")
    ax.annotate("A + B", (55, 0.5), color="C1", ha="right")
    ax.set(xscale="log", yscale="log", xlabel="rows of a square matrix")
    ax.set(ylabel="operations per number moved");
    # --8<-- [end:plot_intensity]

    # --8<-- [start:room]
    X, Y = torch.randn(200, 50), torch.randn(300, 50)
    direct, expanded = squared_distances(X, Y), squared_distances_product(X, Y)
    print(direct.shape, torch.allclose(direct, expanded, atol=1e-3))
    differences = X.unsqueeze(1) - Y
    print("numbers on the way:", differences.numel(), "against", expanded.numel())
    # --8<-- [end:room]

    # --8<-- [start:cancel]
    near = torch.tensor([[1000.0, 1000.0], [1000.1, 1000.0]])
    print(squared_distances(near, near))
    print(squared_distances_product(near, near))
    # --8<-- [end:cancel]

    # --8<-- [start:grow]
    grown, copied = torch.empty(0), 0
    for i in range(1000):
        grown = torch.cat([grown, torch.tensor([float(i)])])
        copied += len(grown)
    collected = torch.stack([torch.tensor(float(i)) for i in range(1000)])
    print(torch.equal(grown, collected))
    print("numbers written:", copied, "against", len(collected))
    # --8<-- [end:grow]

    # --8<-- [start:einsum]
    batch = torch.randn(5, 16, 16)
    print(torch.allclose(torch.einsum("ij,jk->ik", A, B), A @ B, atol=1e-5))
    print(torch.allclose(torch.einsum("bij,jk->bik", batch, B), batch @ B, atol=1e-5))
    print(torch.allclose(torch.einsum("ij,ij->i", A, B), (A * B).sum(dim=1), atol=1e-5))
    print(torch.equal(torch.einsum("i,j->ij", A[0], B[0]), torch.outer(A[0], B[0])))
    # --8<-- [end:einsum]
