"""What can go wrong when people are sent to another server.

StateError
├── NoSendingSecretError   there is nothing to sign with
└── SendFailedError        the other server did not take a page
"""

from __future__ import annotations

from finegrain.errors import StateError
from finegrain.i18n import N_


class NoSendingSecretError(StateError):
    """There is no secret with which pages could be signed."""

    code = "no_sending_secret"
    problem = N_("There is no secret with which to sign what is sent.")
    remedy = N_("Let an administrator make one with `finegrain segments secret`, and give it to whoever runs the other server.")


class SendFailedError(StateError):
    """The other server did not take a page, however often it was tried."""

    code = "send_failed"
    problem = N_("{host} did not take page {page} of {pages}: {reason}.")
    remedy = N_("See what that server says of it; then send again: pages that it has carry the same ids.")
