"""What a run leaves for those who were not there: the bundle, and how to check it offline."""
