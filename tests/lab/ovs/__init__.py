"""The lab on real Open vSwitch."""
