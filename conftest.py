pytest_plugins = ["livedocs.pytest_plugin"]
