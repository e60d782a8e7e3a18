"""Papers: what every document that leaves the house has in common. Its sides are frozen, it is printed once and kept, it goes by mail."""
