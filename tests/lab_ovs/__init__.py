"""The lab on real Open vSwitch; most of its tests need Linux, and namespaces."""
