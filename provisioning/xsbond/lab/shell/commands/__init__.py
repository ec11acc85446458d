"""The programs a simulated dom0 has; each reads its streams and the lab's files, nothing else."""
