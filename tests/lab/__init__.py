"""Tests of the lab, room by room, and what more than one room of them needs, a line each.

any_sequence: what clients do to a pool in any order, for the stateful test.
callers: clients inside the process, which send messages as a socket's would.
comparison: a lab beside a recorded pool, object by object.
guest_pools: pools with guests, and the way around in them.
hosts: simulated dom0s with a clock of one's own and a XAPI of records.
json_client: a plain JSON-RPC client that has nothing of ours.
likeness: two pools that are the same but for what was drawn.
openssh: the SSH client every administrator has.
recorded_stages: the tutorial on a real pool, stage by stage, and the same calls made to a lab.
tutorial_run: the tutorial's own commands, typed into a lab's hosts.
worlds: worlds on simulated dom0s, with or without API servers.
"""
