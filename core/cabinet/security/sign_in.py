"""How often somebody may try to sign in: by address, by account and in all; and apart from these where he is known."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IRateLimiter
from cabinet.keys import veil
from cabinet.security.hosts import address_of, network_of
from cabinet.security.known_devices import known

ATTEMPTS = {"limit": 10, "per_seconds": 300}
ALL_ATTEMPTS = {"limit": 1000, "per_seconds": 300}


class SignInThrottle:
    """The attempts of one request to sign in as ``email``. Ask before the request's first write."""

    def __init__(self, request: Any, email: str) -> None:
        self._request = request
        self._limiter = request.find_service(IRateLimiter)
        device = known(request, email)
        # Who is known here waits for nobody but himself. Of strangers the address comes first: what it may no longer try counts
        # against no account and not against all, or one machine alone could shut everybody out.
        self._counted = (
            [("sign-in-device", device, ATTEMPTS)]
            if device
            else [
                ("sign-in-address", network_of(address_of(request)), ATTEMPTS),
                # People type their password into the wrong field: what was typed is not kept.
                ("sign-in-user", veil(request.registry.settings["cabinet.settings"], email), ATTEMPTS),
                ("sign-in-all", "*", ALL_ATTEMPTS),
            ]
        )

    def wait(self) -> int:
        """Seconds until the next attempt, 0 where this one may go on; counts it. An error of the database lets nobody try."""
        return next((wait for one in self._counted if (wait := self._hit(*one))), 0)

    def forgive(self) -> None:
        """The password was right: it counts neither against the account nor against others behind the same address."""
        for bucket, key, _limits in self._counted:
            if bucket != "sign-in-all":
                self._limiter.forgive(self._request.db, bucket, key)

    def _hit(self, bucket: str, key: str, limits: dict[str, int]) -> int:
        wait: int = self._limiter.hit(bucket, key, **limits)
        return wait
