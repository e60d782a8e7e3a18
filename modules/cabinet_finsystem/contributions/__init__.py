"""What finsystem brings, by kind; `hooks` adds it up. A part with much of its own has a file of its own here."""
