"""What can go wrong with users, sessions, tokens and permissions."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError, StateError
from finegrain.i18n import N_


class NotAllowedError(StateError):
    """The actor lacks a permission."""

    code = "not_allowed"
    problem = N_("{actor} may not do this: it takes the permission {permission}.")
    remedy = N_("Ask an administrator for a role that has it.")


class LoginFailedError(InputError):
    """Name, password or second factor do not fit; which of them is not said."""

    code = "login_failed"
    problem = N_("Name, password or code is wrong.")
    remedy = N_("Check them and try again; an administrator can set a new password.")


class LoginThrottledError(StateError):
    """Too many logins failed."""

    code = "login_throttled"
    problem = N_("Too many logins have failed.")
    remedy = N_("Try again in {retry_s} seconds.")


class UserExistsError(InputError):
    """The name is taken."""

    code = "user_exists"
    problem = N_("There already is a user named “{name}”.")
    remedy = N_("Choose another name.")


class UnknownUserError(NotFoundError):
    """There is no such user."""

    code = "unknown_user"
    problem = N_("There is no user named “{name}”.")
    remedy = N_("`finegrain users` lists them.")


class LastAdminError(StateError):
    """Nobody could manage users any more."""

    code = "last_admin"
    problem = N_("“{name}” is the last administrator who can log in.")
    remedy = N_("Make somebody else an administrator first.")


class WeakPasswordError(InputError):
    """The password is too easy."""

    code = "weak_password"
    problem = N_("The password is too easy to guess: {reason}.")
    remedy = N_("Take at least {least} characters, not the name, nor one of the commonest passwords.")


class UnknownTokenError(NotFoundError):
    """There is no such token."""

    code = "unknown_token"
    problem = N_("There is no token {token}.")
    remedy = N_("`finegrain tokens` lists them.")


class LinkSpentError(StateError):
    """A one-time link was used, or is too old."""

    code = "link_spent"
    problem = N_("This link was used before, or is too old.")
    remedy = N_("Make a new one with `finegrain users link`, or start the server again.")


class TwoFactorError(InputError):
    """The code does not fit."""

    code = "two_factor"
    problem = N_("The code {code} does not fit.")
    remedy = N_("Check the clock of the phone, and enter the six digits that the app shows now.")


class BadSecretKeyError(InputError):
    """The key that encrypts secrets cannot be used."""

    code = "bad_secret_key"
    problem = N_("The key for secrets in {place} cannot be used: {reason}.")
    remedy = N_("Put back the key that the secrets were encrypted with; without it they have to be entered anew.")


class UsersNeededError(StateError):
    """The server would be open to anybody."""

    code = "users_needed"
    problem = N_("The server would listen on {host}, which others can reach, and there is no user yet.")
    remedy = N_("Make one with `finegrain users add NAME --role admin`, or listen on 127.0.0.1.")


class CompanyLoginError(InputError):
    """The company's own login did not let somebody in."""

    code = "company_login"
    problem = N_("The company's login did not work: {reason}.")
    remedy = N_("Try again; if it stays so, check the settings oidc_issuer and oidc_client_id.")


class ForbiddenAddressError(InputError):
    """An address may not be called from here."""

    code = "forbidden_address"
    problem = N_("{url} may not be called: {reason}.")
    remedy = N_("Give an address that is public.")
