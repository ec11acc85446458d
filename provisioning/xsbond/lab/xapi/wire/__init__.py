"""The two protocols XAPI speaks, without any I/O."""
