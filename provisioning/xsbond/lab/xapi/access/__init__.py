"""Who may ask for what: accounts, roles, sessions."""
