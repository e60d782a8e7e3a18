"""Who may do what: the policy, permissions, CSRF, passwords, throttles, headers."""
