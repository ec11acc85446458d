"""The lab's hosts in time: restarts, power, a new master."""
