"""Tests of the lab's XAPI."""
