"""Levikki: which practice models spread from region to region, and on what evidence."""

__version__ = "0.1.0"
