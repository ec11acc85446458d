"""Helpers of the tests, a line each.

absent: libraries that are not installed, as far as a new Python process can tell.
api_page: docs/api.md, made of the public names.
applying: an apply without pytest, in this process or in one that is to be killed.
attackers: servers on loopback that mean harm.
bond_files: the bond files of docs/bond-file.md.
build: snapshots built by hand from the recorded pool.
cases: cases of real pools, judged by a whole run.
changes: changes of the recorded pool, as maintenance makes them.
described_labs: the lab that each of these is for.
deviations: changes of a lab that deviate from a bond file of the docs.
closing_pages: closing pages of pools in the states that an administrator meets.
drift_table: what each fault of the lab changes since a baseline.
drills: failover drills, and runs that can be interrupted.
fault_page: docs/faults.md, made of the tables of faults.
fault_causes: the cause that each fault of the lab must be told by.
fault_table: what each fault of the lab must fail.
healthy: healthy pools of any shape, drawn by hypothesis.
illnesses: changes of the recorded pool that make one bond or host ill.
imports: what imports what in the packages of this project.
key_faults: for every key of the bond file a fault, and the claims that fail.
judging: looks at a pool judged by the shipped claims, without a run of pytest.
proof: the proof loop and its page, docs/advice.md: strike, type what is advised, judge anew.
kept_labs: provisioned labs that many tests share, each striking and giving back.
labs: labs, started, provisioned and verified through the command line's own paths.
memento: a simulated lab as it is, to be had back.
moments: moments of an apply or an undo at which a test lets something happen.
pool_runs: the product's own runs against a lab, without pytest around them.
provisioning: runs that change a kept lab, and what the lab is afterwards.
real_shell: a dom0 whose shell is this machine's own bash.
sealed: bundles of evidence, and how one is checked.
spec_run: the shipped spec run within a test, and what came of every claim.
terminal_picture: docs/terminal.svg, drawn from a real run.
terminals: commands on a terminal of their own, with answers typed into it.
tiers: which cases are tried before every commit, and which are slow.
undone: a pool to be changed and undone.
verdicts: what came of every claim, whoever has judged it.
views: one wanted bond on one host of a snapshot.
"""
