"""Waivers and their file."""
