"""The report, the bundle, its seal, and JUnit."""
