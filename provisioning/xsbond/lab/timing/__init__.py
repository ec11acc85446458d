"""The lab's time: a clock that runs faster than life, and how long things take by it."""
