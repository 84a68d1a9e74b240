"""Pages run on a Dask cluster; their results come back into the local store."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor

from livedocs.lessons import environment


class ClusterError(Exception):
    """The cluster cannot be reached, or would not give the results of this machine."""


@contextlib.contextmanager
def executor(
    address: str, seconds: float = 10, versions: dict[str, str] | None = None
) -> Iterator[Executor]:
    """An executor whose calls run on the workers of a Dask scheduler.

    seconds: to wait for it. versions: what its workers must have; those of this machine if None.

    Workers need this package on their path, the versions of requirements.txt and, for real data
    sets, the same NOTES_DATA. They must be started with `--no-nanny` or with
    DASK_DISTRIBUTED__WORKER__DAEMON=False, since each page gets a process of its own.
    Raises ClusterError if there is no scheduler, no worker, or a worker has other versions.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("install `distributed` to run pages on a cluster") from None
    try:
        client = Client(address, timeout=seconds)
        client.wait_for_workers(1, timeout=seconds)
    except OSError as error:  # TimeoutError is one
        raise ClusterError(f"no scheduler with workers at {address}: {error}") from None
    with client:
        for worker, theirs in client.run(environment).items():
            for package, version in (versions or environment()).items():
                if theirs.get(package) != version:
                    message = f"{package} is {theirs.get(package)} there and {version} here"
                    raise ClusterError(f"worker {worker}: {message}")
        yield client.get_executor(pure=False)
