"""The executable spec: each test is one claim, `seen == wanted`, about one host."""
