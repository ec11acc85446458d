"""Calls, roles, sessions, tasks and events of the lab."""
