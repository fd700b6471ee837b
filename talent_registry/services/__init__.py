"""One file per noun; each command is one transaction, each question one read session."""
