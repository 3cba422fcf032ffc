"""Exports: a snapshot written for other tools, each format in a module of its own, all listed in `registry`."""
