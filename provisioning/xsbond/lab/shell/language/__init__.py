"""bash's language: words, expansions, statements, without any program."""
