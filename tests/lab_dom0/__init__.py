"""Tests of the lab's dom0: its simulated kernel and switch, its shell, its xe, its SSH."""
