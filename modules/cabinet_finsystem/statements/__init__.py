"""Bank statements, from the bytes a bank gives to proven, fingerprinted lines. Pure code: no database, no request.

``reading.read_statement`` is the front door; ``formats`` holds what each bank format knows; ``checks`` proves balances;
``fingerprint`` tells whether a line was met before; ``writing`` makes 1C files.
"""
