"""Users, clients, memberships, roles, sign-in, sessions, one-time links. No views."""
