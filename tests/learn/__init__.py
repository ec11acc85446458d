"""Tests of `xsbond.learn`."""
