"""When a call on a bond, a VLAN, a PIF or a VIF refuses, and with which words."""
