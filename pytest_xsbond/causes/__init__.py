"""Why a claim fails, what to do about it, and the runbook made of that."""
