"""The scheduler: which outlets are visited, when, and by which process."""
