"""Measurements that the docs state, each a module that prints its own table."""
