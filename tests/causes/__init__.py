"""Why a claim fails, and how that reads."""
