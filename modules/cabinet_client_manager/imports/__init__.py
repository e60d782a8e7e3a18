"""Tables of clients and contracts: read, looked through cell by cell, taken in as a whole or not at all."""
