"""What is there and differs from what is wanted: the steps that change or replace it. Pure."""
